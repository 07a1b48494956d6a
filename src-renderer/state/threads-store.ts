/** The chat threads and the one in view. The host owns both; this is what it last told. */

import { create } from 'zustand'
import type { HostError } from '#shared/result.ts'
import type { ThreadDetail, ThreadView } from '#shared/host/views.ts'
import { readCached, writeCached } from '../cache/cache.ts'
import { callHost } from './host.ts'

interface ThreadsState {
  /** Newest first; null until known. */
  readonly threads: readonly ThreadView[] | null
  readonly listError: HostError | null
  readonly details: Readonly<Record<string, ThreadDetail>>
  readonly detailErrors: Readonly<Record<string, HostError>>
}

export const useThreadsStore = create<ThreadsState>()(() => ({
  threads: null,
  listError: null,
  details: {},
  detailErrors: {},
}))

/** Reads the list, showing the cached one meanwhile. */
export async function loadThreads(): Promise<void> {
  if (useThreadsStore.getState().threads === null) {
    const cached = await readCached<readonly ThreadView[]>('threads')
    useThreadsStore.setState(({ threads }) => ({ threads: threads ?? cached }))
  }
  const result = await callHost('threads.list', {})
  if (!result.ok) {
    useThreadsStore.setState({ listError: result.error })
    return
  }
  useThreadsStore.setState({ threads: result.data, listError: null })
  writeCached('threads', result.data)
}

/** Reads one thread with the branch in view. */
export async function loadThread(threadId: string): Promise<void> {
  const result = await callHost('threads.open', { threadId })
  if (result.ok) putThread(result.data)
  else {
    useThreadsStore.setState(({ detailErrors }) => ({
      detailErrors: { ...detailErrors, [threadId]: result.error },
    }))
  }
}

export function putThread(detail: ThreadDetail): void {
  useThreadsStore.setState(({ details, detailErrors }) => {
    const { [detail.id]: _gone, ...errors } = detailErrors
    return { details: { ...details, [detail.id]: detail }, detailErrors: errors }
  })
}

/** Forgets a deleted thread at once; the host tells the new list by itself. */
export function dropThread(threadId: string): void {
  useThreadsStore.setState(({ threads, details }) => {
    const { [threadId]: _gone, ...rest } = details
    return { threads: threads?.filter(({ id }) => id !== threadId) ?? null, details: rest }
  })
}

/** The host says a thread changed: read it again if the window has it. */
export function threadChanged(threadId: string): void {
  if (useThreadsStore.getState().details[threadId]) void loadThread(threadId)
}
