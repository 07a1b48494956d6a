/** The catalog in force: read from a file, refused whole when it is bad, the last good one kept. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalog, type CatalogProblem, readCatalog } from '#shared/catalog/catalog.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import { failure, type Result, success } from '#shared/host/result.ts'
import { writeFileAtomic } from '../files/atomic-file.ts'

const LAST_GOOD_FILE = 'catalog.json'
const MAX_CATALOG_BYTES = 5_000_000

export interface CatalogStore {
  readonly catalog: Catalog
  /** Its JSON as published. */
  readonly source: CatalogSource
  /** Why the file that was asked for is not in force; null when it is. */
  readonly refusal: { readonly file: string; readonly problems: readonly CatalogProblem[] } | null
}

/**
 * Reads the catalog in `file` and remembers it in `directory` as the last good one. When it cannot
 * be used, the last good one stays in force; without one, fails with `catalog_unusable`.
 */
export function openCatalog(directory: string, file: string): Result<CatalogStore> {
  const read = readCatalogFile(file)
  if (read.ok) {
    writeFileAtomic(join(directory, LAST_GOOD_FILE), read.text)
    return success({ catalog: read.catalog, source: read.source, refusal: null })
  }
  const refusal = { file, problems: read.problems }
  const last = readCatalogFile(join(directory, LAST_GOOD_FILE))
  if (last.ok) return success({ catalog: last.catalog, source: last.source, refusal })
  const first = read.problems[0]
  return failure(
    'catalog_unusable',
    `The catalog ${file} cannot be used: ${first ? `${first.path} ${first.message}`.trim() : 'unknown problem'}`,
    { file, problems: read.problems },
  )
}

type CatalogFile =
  | {
      readonly ok: true
      readonly catalog: Catalog
      readonly source: CatalogSource
      readonly text: string
    }
  | { readonly ok: false; readonly problems: readonly CatalogProblem[] }

function readCatalogFile(file: string): CatalogFile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  if (text.length > MAX_CATALOG_BYTES) return problem('is too large')
  const json = parseJson(text)
  if (json === undefined) return problem('is not JSON')
  const result = readCatalog(json)
  return result.ok ? { ...result, source: json as CatalogSource, text } : result
}

function problem(message: string): CatalogFile {
  return { ok: false, problems: [{ path: '', message }] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
