/** Catalogs as text and as files: checked whole, and watched. */

import { readFileSync, statSync } from 'node:fs'
import { type Catalog, type CatalogProblem, readCatalog } from '#shared/catalog/catalog.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import type { Timers } from '#shared/ports/time.ts'

const MAX_CATALOG_BYTES = 5_000_000

export type ReadCatalog =
  | { readonly ok: true; readonly catalog: Catalog; readonly source: CatalogSource }
  | { readonly ok: false; readonly problems: readonly CatalogProblem[] }

/** A catalog from its JSON text, or every problem with its place. */
export function readCatalogText(text: string): ReadCatalog {
  if (text.length > MAX_CATALOG_BYTES) return problem('is too large')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return problem('is not JSON')
  }
  const read = readCatalog(json)
  return read.ok ? { ...read, source: json as CatalogSource } : read
}

export function readCatalogFile(file: string): ReadCatalog {
  try {
    return readCatalogText(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return problem(`cannot be read (${code})`)
  }
}

function problem(message: string): ReadCatalog {
  return { ok: false, problems: [{ path: '', message }] }
}

const LOOK_EVERY_MS = 1_000

/**
 * Calls `changed` soon after the file was written, replaced or removed; returns how to stop
 * watching. It checks the file's date and size, which works on every disk, unlike the system's own
 * watching.
 */
export function watchCatalogFile(file: string, timers: Timers, changed: () => void): () => void {
  let seen = stampOf(file)
  let isNew = false
  let cancel = timers.after(LOOK_EVERY_MS, look)

  /** A file that changed between two looks may still be being written. */
  function look(): void {
    cancel = timers.after(LOOK_EVERY_MS, look)
    const stamp = stampOf(file)
    const isStill = stamp === seen
    const isDone = isNew && isStill
    isNew = !isStill
    seen = stamp
    if (isDone) changed()
  }
  return () => cancel()
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return 'none'
  }
}
