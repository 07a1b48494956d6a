import { useCallback, useEffect, useRef, useState } from 'react'
import type { HostError } from '#shared/result.ts'
import type { UsageFilter } from '#shared/usage/filter.ts'
import { callHost, onConnection, onHostEvent } from '../../state/host.ts'
import { previewOf, settlePreview } from './newest-rows.ts'
import { areKeptRowsFresh, keptRows, refreshKeptRows, restoreKeptRows } from './usage-cache.ts'
import {
  appendPage,
  type LoadedRows,
  refreshFirstPage,
  relabelRows,
  replaceRow,
} from './usage-rows.ts'

const PAGE = 100
/** Older rows followed one by one when they change; a burst beyond that waits for a reload. */
const MAX_FOLLOWED = 20

export interface UsageRows extends LoadedRows {
  readonly error: HostError | null
  /** Nothing to show yet, not even from the cache. */
  readonly loading: boolean
  readonly loadMore: () => void
  readonly reload: () => void
}

interface State extends LoadedRows {
  readonly filter: string
  readonly answered: boolean
  readonly error: HostError | null
}

/** What is known of it at once; the host's answer is laid over it. */
const start = (filter: string): State => ({
  ...previewOf(keptRows(), read(filter)),
  filter,
  answered: false,
  error: null,
})

/**
 * The rows that match, newest first, page by page. Host events refresh the top and changed rows
 * in place. Until the host answers, the newest rows that are kept here are filtered at once.
 */
export function useUsageRows(filter: UsageFilter): UsageRows {
  const key = JSON.stringify(filter)
  const [state, setState] = useState<State>(() => start(key))
  const [asked, setAsked] = useState(0)
  const latest = useRef<State>(state)
  const paging = useRef(false)
  const shown = state.filter === key ? state : start(key)
  useEffect(() => {
    latest.current = shown
  })

  /** Applies a change only while the same filter is in view. */
  const apply = useCallback(
    (change: (rows: State) => State) =>
      setState((before) => change(before.filter === key ? before : start(key))),
    [key],
  )

  useEffect(() => {
    let current = true
    void restoreKeptRows().then(() => {
      if (current) apply((rows) => (rows.answered ? rows : start(key)))
    })
    void callHost('usage.page', { filter: read(key), limit: PAGE }).then((result) => {
      if (!current) return
      if (!result.ok) {
        apply((rows) => ({ ...rows, answered: true, error: result.error }))
        return
      }
      apply((rows) => {
        const loaded = rows.answered
          ? refreshFirstPage(rows, result.data)
          : settlePreview(rows, result.data, areKeptRowsFresh())
        return { ...rows, ...loaded, answered: true, error: null }
      })
      void refreshKeptRows()
    })
    return () => {
      current = false
    }
  }, [key, asked, apply])

  useEffect(() => {
    let current = true
    const isCurrent = () => current
    const follow = async (changed: ReadonlySet<string>) => {
      const first = await callHost('usage.page', { filter: read(key), limit: PAGE })
      if (!isCurrent() || !first.ok) return
      apply((rows) => ({ ...rows, ...refreshFirstPage(rows, first.data), error: null }))
      void refreshKeptRows()
      const floor = first.data.rows.at(-1)?.sequence ?? 0
      const older = latest.current.rows.filter(
        (row) => changed.has(row.operationId) && row.sequence < floor,
      )
      for (const { operationId, sequence } of older.slice(0, MAX_FOLLOWED)) {
        const page = await callHost('usage.page', {
          filter: read(key),
          before: sequence + 1,
          limit: 1,
        })
        if (!isCurrent() || !page.ok) return
        const row = page.data.rows.find((each) => each.operationId === operationId) ?? null
        apply((rows) => ({ ...rows, ...replaceRow(rows, operationId, row) }))
      }
    }
    const stop = gatherChanges((changed) => void follow(changed))
    const stopLabels = onHostEvent((event) => {
      if (event.type !== 'labels') return
      const { operationIds, edit } = event
      apply((rows) => ({ ...rows, ...relabelRows(rows, operationIds, edit, read(key)) }))
      void follow(new Set())
    })
    return () => {
      current = false
      stop()
      stopLabels()
    }
  }, [key, apply])

  const loadMore = useCallback(() => {
    const before = latest.current.nextBefore
    if (before === null || paging.current) return
    paging.current = true
    void callHost('usage.page', { filter: read(key), before, limit: PAGE }).then((result) => {
      paging.current = false
      apply((rows) =>
        result.ok
          ? { ...rows, ...appendPage(rows, result.data) }
          : { ...rows, error: result.error },
      )
    })
  }, [key, apply])

  const reload = useCallback(() => setAsked((count) => count + 1), [])
  return { ...shown, loading: !shown.answered && shown.rows.length === 0, loadMore, reload }
}

function read(key: string): UsageFilter {
  return JSON.parse(key) as UsageFilter
}

/** Gathers changed operations for a moment, so that a burst of events is one refresh. */
function gatherChanges(tell: (changed: ReadonlySet<string>) => void): () => void {
  let changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      const told = changed
      changed = new Set()
      tell(told)
    }, 250)
  }
  const stopEvents = onHostEvent((event) => {
    if (event.type !== 'usage') return
    changed.add(event.operationId)
    soon()
  })
  const stopConnection = onConnection((connected) => {
    if (connected) soon()
  })
  return () => {
    clearTimeout(timer)
    stopEvents()
    stopConnection()
  }
}
