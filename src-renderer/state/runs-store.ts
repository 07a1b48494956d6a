/** Runs the host owns and this window shows, by operation id. */

import { create } from 'zustand'
import type { RunView } from '#shared/host/views.ts'
import { callHost } from './host.ts'
import { applyDelta, supersedes, type RunDelta } from './run-stream.ts'

/** Pieces are gathered this long before the page is painted again. */
const FLUSH_MS = 32

interface RunsState {
  readonly runs: Readonly<Record<string, RunView>>
}

export const useRunsStore = create<RunsState>()(() => ({ runs: {} }))

let queue: RunDelta[] = []
let flushing: ReturnType<typeof setTimeout> | undefined
const attaching = new Set<string>()

/** Takes a whole view of a run, unless a newer one is known. */
export function putRun(run: RunView): void {
  useRunsStore.setState(({ runs }) =>
    supersedes(run, runs[run.operationId]) ? { runs: { ...runs, [run.operationId]: run } } : {},
  )
  // Pieces that came while it was asked for go on from here.
  flushDeltas()
}

export function putRuns(runs: readonly RunView[]): void {
  for (const run of runs) putRun(run)
}

/** Queues a piece of a running reply; many are applied in one go. */
export function receiveDelta(delta: RunDelta): void {
  queue.push(delta)
  flushing ??= setTimeout(flushDeltas, FLUSH_MS)
}

function flushDeltas(): void {
  clearTimeout(flushing)
  flushing = undefined
  if (queue.length === 0) return
  const deltas = queue
  queue = []
  const changed: Record<string, RunView> = {}
  const { runs } = useRunsStore.getState()
  for (const delta of deltas) {
    const outcome = applyDelta(changed[delta.operationId] ?? runs[delta.operationId], delta)
    if (outcome.kind === 'applied') changed[delta.operationId] = outcome.run
    else if (outcome.kind === 'gap') void attachRun(delta.operationId)
  }
  if (Object.keys(changed).length > 0) useRunsStore.setState({ runs: { ...runs, ...changed } })
}

/** Asks the host for a run as it is now; several asks at once are one. */
export async function attachRun(operationId: string): Promise<void> {
  if (attaching.has(operationId)) return
  attaching.add(operationId)
  const result = await callHost('run.attach', { operationId })
  attaching.delete(operationId)
  if (result.ok) putRun(result.data)
  // It ended while nobody listened: its result is in its thread or in the library.
  else if (result.error.code === 'run_not_found') forgetRun(operationId)
}

/** Takes a run out of view; what it made and what it cost stay. */
export function forgetRun(operationId: string): void {
  useRunsStore.setState(({ runs }) => {
    const { [operationId]: _gone, ...rest } = runs
    return { runs: rest }
  })
}

/** Asks the host to stop a run; what was delivered is charged (design: one AI call). */
export async function stopRun(operationId: string): Promise<void> {
  const result = await callHost('run.stop', { operationId })
  if (result.ok) putRun(result.data)
}

export const useRun = (operationId: string | null): RunView | undefined =>
  useRunsStore(({ runs }) => (operationId === null ? undefined : runs[operationId]))

/** Whether a run goes on; unlike `useRun` it does not change with every piece of the reply. */
export const useIsRunning = (operationId: string | null): boolean =>
  useRunsStore(({ runs }) => operationId !== null && isRunning(runs[operationId]))

export const isRunning = (run: RunView | undefined): run is RunView =>
  run !== undefined && run.phase !== 'ended'
