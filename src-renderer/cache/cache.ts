/**
 * A disposable copy of what the host said, for a first paint before it answers, and drafts.
 * Losing it loses nothing: every failure here is the same as an empty cache.
 */

import type { Table } from 'dexie'

/** Raise when the shape of any cached view changes: older copies are then ignored. */
const FORMAT = 2

interface CachedView {
  readonly key: string
  readonly format: number
  readonly value: unknown
}

interface Draft {
  readonly key: string
  readonly text: string
}

interface CacheTables {
  readonly views: Table<CachedView, string>
  readonly drafts: Table<Draft, string>
}

let tables: Promise<CacheTables | null> | null = null

/** Opens it when it is first asked for: the window is drawn before its library is there. */
function cache(): Promise<CacheTables | null> {
  tables ??= openCache()
  return tables
}

async function openCache(): Promise<CacheTables | null> {
  if (typeof indexedDB === 'undefined') return null
  const { Dexie } = await import('dexie')
  const database = new Dexie('tallystick-cache')
  database.version(1).stores({ views: 'key', drafts: 'key' })
  return { views: database.table('views'), drafts: database.table('drafts') }
}

/** The cached value of `key`, or null. The caller treats it as possibly out of date. */
export async function readCached<T>(key: string): Promise<T | null> {
  try {
    const row = await (await cache())?.views.get(key)
    return row?.format === FORMAT ? (row.value as T) : null
  } catch {
    return null
  }
}

export function writeCached(key: string, value: unknown): void {
  void attempt(({ views }) => views.put({ key, format: FORMAT, value }))
}

/** What was being typed under `key`; empty when nothing. */
export async function readDraft(key: string): Promise<string> {
  try {
    return (await (await cache())?.drafts.get(key))?.text ?? ''
  } catch {
    return ''
  }
}

export function writeDraft(key: string, text: string): void {
  void attempt(({ drafts }) => (text === '' ? drafts.delete(key) : drafts.put({ key, text })))
}

/** Empties the cache. The next start reads everything from the host. */
export async function wipeCache(): Promise<void> {
  await attempt(({ views, drafts }) => Promise.all([views.clear(), drafts.clear()]))
}

/** What cannot be written is not kept. */
async function attempt(write: (tables: CacheTables) => PromiseLike<unknown>): Promise<void> {
  try {
    const opened = await cache()
    if (opened) await write(opened)
  } catch {
    // Nothing to do: the host has it, or it is typed again.
  }
}
