import { useCallback, useEffect, useRef, useState } from 'react'
import type { HostError } from '#shared/result.ts'
import { callHost, onConnection, onHostEvent } from '../../state/host.ts'
import { type LibraryQuery, libraryInput } from './library-query.ts'
import {
  appendCreations,
  type LoadedCreations,
  NO_CREATIONS,
  refreshCreations,
  withoutCreation,
} from './loaded-creations.ts'

const PAGE = 60

export interface Library extends LoadedCreations {
  readonly error: HostError | null
  readonly loading: boolean
  readonly loadMore: () => void
  readonly reload: () => void
  /** Takes a deleted creation out at once, wherever it stands. */
  readonly forget: (id: string) => void
}

interface State extends LoadedCreations {
  readonly input: string
  readonly answered: boolean
  readonly error: HostError | null
}

const start = (input: string): State => ({
  ...NO_CREATIONS,
  input,
  answered: false,
  error: null,
})

type Input = ReturnType<typeof libraryInput>

/** The creations that match, newest first, page by page, kept fresh by the host's events. */
export function useLibrary(query: LibraryQuery): Library {
  const key = JSON.stringify(libraryInput(query))
  const [state, setState] = useState<State>(() => start(key))
  const [asked, setAsked] = useState(0)
  const paging = useRef(false)
  const shown = state.input === key ? state : start(key)

  const apply = useCallback(
    (change: (loaded: State) => State) =>
      setState((before) => change(before.input === key ? before : start(key))),
    [key],
  )
  const reload = useCallback(() => setAsked((count) => count + 1), [])

  useEffect(() => {
    let current = true
    const input = JSON.parse(key) as Input
    void callHost('library.page', { ...input, limit: PAGE }).then((result) => {
      if (!current) return
      apply((loaded) =>
        result.ok
          ? { ...loaded, ...refreshCreations(loaded, result.data), answered: true, error: null }
          : { ...loaded, answered: true, error: result.error },
      )
    })
    return () => {
      current = false
    }
  }, [key, asked, apply])

  useEffect(() => {
    const stopEvents = onHostEvent((event) => {
      if (event.type === 'library') reload()
    })
    const stopConnection = onConnection((connected) => {
      if (connected) reload()
    })
    return () => {
      stopEvents()
      stopConnection()
    }
  }, [reload])

  const { nextBefore } = shown
  const loadMore = useCallback(() => {
    if (nextBefore === null || paging.current) return
    paging.current = true
    const input = JSON.parse(key) as Input
    void callHost('library.page', { ...input, before: nextBefore, limit: PAGE }).then((result) => {
      paging.current = false
      apply((loaded) =>
        result.ok
          ? { ...loaded, ...appendCreations(loaded, result.data) }
          : { ...loaded, error: result.error },
      )
    })
  }, [key, nextBefore, apply])

  const forget = useCallback(
    (id: string) => apply((loaded) => ({ ...loaded, ...withoutCreation(loaded, id) })),
    [apply],
  )
  const loading = !shown.answered && shown.creations.length === 0
  return { ...shown, loading, loadMore, reload, forget }
}
