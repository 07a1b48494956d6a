/** Keeps the newest operations for this window and, as a copy, for its next start. */

import { readCached, writeCached } from '../../cache/cache.ts'
import { callHost, onConnection, onHostEvent } from '../../state/host.ts'
import { keepNewest, reachesDown } from './newest-rows.ts'
import { type LoadedRows, NO_ROWS, relabelRows } from './usage-rows.ts'

const CACHE_KEY = 'usage'
const PAGE = 200

/** Without a gap from the newest operation down. */
let kept = NO_ROWS
/** Whether something may have changed since. */
let stale = true
let restoring: Promise<void> | null = null
let reading = false
let listening = false

export const keptRows = (): LoadedRows => kept
export const areKeptRowsFresh = (): boolean => !stale

/** What an earlier window has kept, if this one does not know better already. */
export function restoreKeptRows(): Promise<void> {
  restoring ??= readCached<LoadedRows>(CACHE_KEY).then((cached) => {
    if (cached && kept === NO_ROWS) kept = cached
  })
  return restoring
}

/** Reads what is new or may have changed; nothing while all is as it was. */
export async function refreshKeptRows(): Promise<void> {
  if (!listening) {
    listening = true
    onHostEvent((event) => {
      if (event.type === 'usage') stale = true
      if (event.type === 'labels') kept = relabelRows(kept, event.operationIds, event.edit, {})
    })
    onConnection(() => {
      stale = true
    })
  }
  if (reading || !stale) return
  reading = true
  stale = false
  await restoreKeptRows()
  if (!(await readNewest())) stale = true
  reading = false
}

async function readNewest(): Promise<boolean> {
  let read = NO_ROWS
  do {
    const page = await callHost('usage.page', {
      filter: {},
      limit: PAGE,
      ...(read.nextBefore === null ? {} : { before: read.nextBefore }),
    })
    if (!page.ok) return false
    read = { rows: [...read.rows, ...page.data.rows], nextBefore: page.data.nextBefore }
  } while (!reachesDown(kept, read))
  kept = keepNewest(kept, read)
  writeCached(CACHE_KEY, kept)
  return true
}
