/** What PostgreSQL's errors mean for the caller. */

import { OutcomeUnknown } from './database.ts'

const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''

/** Another process changed the schema under a prepared statement. */
export function isStale(error: unknown): boolean {
  return codeOf(error) === '0A000' && String(error).includes('cached plan')
}

/** Serialization failure, deadlock. */
const CONFLICTS = new Set(['40001', '40P01'])
/** The server is shutting down or starting up, or the connection broke. */
const LOST = new Set([
  '57P01',
  '57P02',
  '57P03',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNREFUSED',
])

/** Whether the connection is lost, and with it the answer to what was asked last. */
export function isLost(error: unknown): boolean {
  return LOST.has(codeOf(error)) || codeOf(error).startsWith('08') || isTerminated(error)
}

/** The driver's own wording, for the broken connection and for what was asked on it afterwards. */
function isTerminated(error: unknown): boolean {
  return /Connection terminated|not queryable/.test(String(error))
}

/** Whether nothing happened and a retry may work. */
export function isPassing(error: unknown): boolean {
  if (error instanceof OutcomeUnknown) return false
  return CONFLICTS.has(codeOf(error)) || isStale(error) || isLost(error)
}

/** Whether the connection on which this happened must not be used again. */
export const leavesUnusable = (error: unknown) =>
  error instanceof OutcomeUnknown || isStale(error) || isLost(error)

/** Whether an error only says that an earlier statement of the transaction had failed. */
export const followsFailure = (error: unknown) => codeOf(error) === '25P02'
