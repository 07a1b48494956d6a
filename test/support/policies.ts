/** Small makers for the tests of policies: caps, runs, and the entries that spend. */

import { type Cap, cap as capSchema } from '#shared/catalog/policies.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { Entry, OperationFacts } from '#shared/journal/journal.ts'
import type { RunScope } from '#shared/policy/spending.ts'
import { anOperation } from './credits.ts'

/** A hard cap on everything a day, unless said otherwise. */
export function aCap(changes: Record<string, unknown> = {}): Cap {
  return capSchema.parse({
    id: 'a-cap',
    name: 'A cap',
    limit: '100',
    kind: 'hard',
    window: 'day',
    ...changes,
  })
}

export const A_RUN: RunScope = {
  member: 'ann',
  device: 'device-1',
  operation: 'chat',
  subject: '',
}

/** A run's facts, for whom `scope` says. */
export function aRun(id: string, maximum: Credits, scope: Partial<RunScope> = {}): OperationFacts {
  const { member, device, operation, subject } = { ...A_RUN, ...scope }
  const facts = anOperation(id, maximum)
  const quote = { ...facts.quote, operation }
  return { ...facts, quote, subject, deviceId: device, memberId: member }
}

type Counted = Pick<Entry, 'facts' | 'at'>

export const holdAt = (at: number, operation: OperationFacts): Counted => ({
  at,
  facts: { kind: 'hold', operation },
})

export const settleAt = (at: number, operationId: string, amount: Credits): Counted => ({
  at,
  facts: {
    kind: 'settle',
    operationId,
    outcome: 'completed',
    units: {},
    usageSource: 'local',
    charge: { amount, lines: [], decidedBy: 'lines' },
  },
})

export const voidAt = (at: number, operationId: string): Counted => ({
  at,
  facts: { kind: 'void', operationId, outcome: 'failed', reason: null },
})
