/** The others' runs as caps count them: each where it is known, else what came to one on a day. */

import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { HeardRun } from '#shared/policy/others.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { sumDraws } from '#shared/journal/entries.ts'
import { movesOf } from '#shared/records/moves.ts'
import { NEWER } from '#shared/records/rollup.ts'
import { runScope } from '#shared/policy/spending.ts'
import type { ReplicaStore } from './store.ts'
import { deviceOf } from './stored-tails.ts'

const DAY_MS = 86_400_000

/** Those held at `from` or later, but for what of sealed history is not counted yet. */
export function heardRuns(store: ReplicaStore, from: number): readonly HeardRun[] {
  const sealed = store
    .usageSince(Math.floor(from / DAY_MS))
    .map(({ day, deviceId, memberId, operation, subject, credits }): HeardRun => ({
      at: day * DAY_MS + DAY_MS / 2,
      scope: { member: memberId, device: deviceId, operation, subject },
      charge: millicredits(credits),
      byDay: true,
    }))
  const recent = store.streams().flatMap((stream) =>
    store
      .tail(stream)
      .flatMap((record) => runOf(deviceOf(stream), record))
      .filter(({ at }) => at >= from),
  )
  return [...sealed, ...recent]
}

function runOf(deviceId: string, { at: endedAt, body }: DeviceRecord): readonly HeardRun[] {
  if (body.type === 'newer') {
    const scope = { member: '', device: deviceId, operation: NEWER, subject: '' }
    const charge = sumDraws(movesOf(body).spent)
    return charge === ZERO ? [] : [{ at: endedAt, scope, charge, byDay: false }]
  }
  if (body.type !== 'usage') return []
  const { operation, startedAt: at, ending } = body
  const charge = ending.kind === 'settle' ? ending.charge.amount : ZERO
  return [{ at, scope: { ...runScope(operation), device: deviceId }, charge, byDay: false }]
}
