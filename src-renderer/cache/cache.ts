/**
 * A disposable copy of what the host said, for a first paint before it answers, and drafts.
 * Losing it loses nothing: every failure here is the same as an empty cache.
 */

import { Dexie, type Table } from 'dexie'

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

function openCache(): CacheTables | null {
  if (typeof indexedDB === 'undefined') return null
  const database = new Dexie('tallystick-cache')
  database.version(1).stores({ views: 'key', drafts: 'key' })
  return { views: database.table('views'), drafts: database.table('drafts') }
}

const tables = openCache()

/** The cached value of `key`, or null. The caller treats it as possibly out of date. */
export async function readCached<T>(key: string): Promise<T | null> {
  try {
    const row = await tables?.views.get(key)
    return row?.format === FORMAT ? (row.value as T) : null
  } catch {
    return null
  }
}

export function writeCached(key: string, value: unknown): void {
  void tables?.views.put({ key, format: FORMAT, value }).catch(() => undefined)
}

/** What was being typed under `key`; empty when nothing. */
export async function readDraft(key: string): Promise<string> {
  try {
    return (await tables?.drafts.get(key))?.text ?? ''
  } catch {
    return ''
  }
}

export function writeDraft(key: string, text: string): void {
  if (!tables) return
  const done: PromiseLike<unknown> =
    text === '' ? tables.drafts.delete(key) : tables.drafts.put({ key, text })
  void Promise.resolve(done).catch(() => undefined)
}

/** Empties the cache. The next start reads everything from the host. */
export async function wipeCache(): Promise<void> {
  try {
    await Promise.all([tables?.views.clear(), tables?.drafts.clear()])
  } catch {
    // Nothing to wipe.
  }
}
