/** What this window asked for, by operation: the prompt and count of runs that have no results yet. */

import type { RunRequest } from '#shared/host/requests.ts'

const KEPT = 50
const requests = new Map<string, RunRequest>()

export function rememberRequest(operationId: string, request: RunRequest): void {
  requests.set(operationId, request)
  const [oldest] = requests.keys()
  if (requests.size > KEPT && oldest !== undefined) requests.delete(oldest)
}

/** Undefined for a run that another window, or this one before a reload, asked for. */
export const requestOf = (operationId: string): RunRequest | undefined => requests.get(operationId)
