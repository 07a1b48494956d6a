/** What the others' runs come to: of sealed history as it is counted, and of what is not sealed. */

import { type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import { decodeRollup, NEWER, rollUp } from '#shared/records/rollup.ts'
import type { ReplicaFile } from './file.ts'
import type { ReplicaStore } from './store.ts'
import { areNothingButRuns } from './stored-stretches.ts'
import { deviceOf } from './stored-tails.ts'

export type TotalsBy = 'day' | 'device' | 'member'

export interface TeamTotal {
  /** A device's or member's id, or days since the epoch (UTC). */
  readonly key: string
  readonly runs: number
  readonly credits: Credits
}

export interface MachineTotal {
  /** Of a copy of a machine: its stream. */
  readonly deviceId: string
  readonly memberId: string
  readonly runs: number
  /** Records of types that only a newer version of the app knows. */
  readonly newer: number
  readonly credits: Credits
}

/** Stretches counted before others may go on. */
const COUNTED_AT_ONCE = 20

/** Counts sealed stretches that are not; false when the file was closed meanwhile. */
export async function countAll(file: ReplicaFile, isOpen: () => boolean): Promise<boolean> {
  const { store } = file
  for (;;) {
    const some = store.uncounted(COUNTED_AT_ONCE)
    if (some.length === 0) return true
    file.together(() => {
      for (const { deviceId, stretch, rollup } of some) {
        const decoded = decodeRollup(rollup)
        const rows = decoded.ok ? decoded.data : []
        if (areNothingButRuns(rows)) store.setRead(deviceId, stretch)
        for (const row of rows) store.addUsage(deviceId, row)
        store.setCounted(deviceId, stretch)
      }
    })
    await new Promise((resolve) => setImmediate(resolve))
    if (!isOpen()) return false
  }
}

/** Of runs that started on days from `from` up to `to`. */
export function totalsOf(
  store: ReplicaStore,
  by: TotalsBy,
  from: number,
  to: number,
): readonly TeamTotal[] {
  const sums = new Map<string, TeamTotal>()
  const add = (key: string, runs: number, credits: number) => {
    const sum = sums.get(key) ?? { key, runs: 0, credits: ZERO }
    const total = millicredits(sum.credits + credits)
    sums.set(key, { key, runs: sum.runs + runs, credits: total })
  }
  const column = { day: 'day', device: 'device_id', member: 'member_id' } as const
  for (const { key, runs, credits } of store.totals(column[by], from, to)) add(key, runs, credits)
  for (const { stream, day, memberId, runs, credits } of unsealed(store)) {
    if (day < from || day >= to) continue
    add({ day: String(day), device: deviceOf(stream), member: memberId }[by], runs, credits)
  }
  return [...sums.values()]
}

type Counted = Omit<MachineTotal, 'credits'> & { readonly credits: number }

/** Of runs that started on day `from` or later, by machine and member. */
export function machineTotalsOf(store: ReplicaStore, from: number): readonly MachineTotal[] {
  const sums = new Map<string, MachineTotal>()
  const add = ({ deviceId, memberId, runs, newer, credits }: Counted) => {
    const key = JSON.stringify([deviceId, memberId])
    const sum = sums.get(key) ?? { deviceId, memberId, runs: 0, newer: 0, credits: ZERO }
    const total = millicredits(sum.credits + credits)
    sums.set(key, { ...sum, runs: sum.runs + runs, newer: sum.newer + newer, credits: total })
  }
  for (const counted of store.machineTotals(from)) add(counted)
  for (const { stream: deviceId, day, memberId, operation, runs, credits } of unsealed(store)) {
    if (day < from) continue
    const [known, newer] = operation === NEWER ? [0, runs] : [runs, 0]
    add({ deviceId, memberId, runs: known, newer, credits })
  }
  return [...sums.values()]
}

const unsealed = (store: ReplicaStore) =>
  store.streams().flatMap((stream) => rollUp(store.tail(stream)).map((row) => ({ ...row, stream })))
