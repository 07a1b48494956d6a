/** The catalogs of `resources/catalogs`, by name. */

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Catalog, readCatalog } from '#shared/catalog/catalog.ts'

const FOLDER = new URL('../../resources/catalogs/', import.meta.url)

export const SHIPPED_CATALOGS: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''))
  .toSorted()

/** As plain JSON, fresh each time so that a test may spoil it. */
export function catalogJson(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Record<
    string,
    unknown
  >
}

export function shippedCatalog(name: string): Catalog {
  const result = readCatalog(catalogJson(name))
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.problems)}`)
  return result.catalog
}

export const catalogFile = (name: string): string => fileURLToPath(new URL(`${name}.json`, FOLDER))
