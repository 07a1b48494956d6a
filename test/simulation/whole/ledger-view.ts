/**
 * A machine's ledger followed entry by entry, apart from the ledger itself: what its balances, its
 * lease and its records must be.
 */

import { applyEntry, type BalanceState, EMPTY_BALANCE } from '#shared/journal/balance.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { drawsInto } from '#shared/journal/entries.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { type DeviceLease, followLease } from '#shared/lease/device-lease.ts'
import type { LeaseLine, RecordHead } from '#shared/journal/lease-facts.ts'
import { headAfterRecord, NO_RECORDS } from '#shared/records/canonical.ts'
import { labelBodies, type OpenRuns } from '#shared/records/of-journal.ts'
import { movesOf } from '#shared/records/moves.ts'
import type { RecordBody } from '#shared/records/record.ts'
import type { LabelEdits } from '../../../src-main/ledger/labels.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import { sha256 } from '../../../src-main/ports/sha256.ts'
import { demand, type Moved } from '../oracles.ts'
import { newerBody } from './newer.ts'

export interface ToldRecord extends Moved {
  readonly sequence: number
  readonly hash: string
}

export interface LedgerView {
  follow(entry: Entry): void
  followEdit(edits: LabelEdits): void
  entries(): readonly Entry[]
  balances(): BalanceState
  lease(): DeviceLease | null
  /** Spent or ended before it joined, and given back since, by grant. */
  before(): ReadonlyMap<string, number>
  returned(): ReadonlyMap<string, number>
  records(): readonly ToldRecord[]
  head(): RecordHead
  /** Runs under way, and what they hold. */
  open(): ReadonlyMap<string, readonly Draw[]>
  /** How often each run has ended. */
  ended(operationId: string): number
}

export function createLedgerView(): LedgerView {
  const entries: Entry[] = []
  let records: ToldRecord[] = []
  const runs: OpenRuns = new Map()
  const ends = new Map<string, number>()
  const open = new Map<string, readonly Draw[]>()
  let balances: BalanceState = EMPTY_BALANCE
  let lease: DeviceLease | null = null
  let before: ReadonlyMap<string, number> = new Map()
  let returned = new Map<string, number>()
  let head: RecordHead = NO_RECORDS

  function tell(at: number, body: RecordBody): void {
    const record = { deviceId: '', sequence: head.sequence + 1, at, body }
    head = headAfterRecord(head, record, sha256)
    records.push({ ...head, ...movesOf(body) })
  }

  return {
    follow(entry) {
      const { facts } = entry
      demand(entry.sequence === entries.length + 1, () => `Entry ${entry.sequence} is out of order`)
      if (facts.kind === 'authority' && facts.issuer) {
        before = usedBefore(balances, facts.lines)
        returned = new Map()
      }
      // What was told to one team is not told to the next.
      if (facts.kind === 'authority' && !facts.issuer) {
        head = NO_RECORDS
        records = []
      }
      entries.push(entry)
      balances = applyEntry(balances, entry)
      lease = followLease(lease, entry)
      if (facts.kind === 'settle' || facts.kind === 'void') {
        ends.set(facts.operationId, (ends.get(facts.operationId) ?? 0) + 1)
        open.delete(facts.operationId)
      }
      if (facts.kind === 'hold') open.set(facts.operation.operationId, drawsInto(entry, 'held'))
      if (facts.kind === 'return') {
        for (const { grantId, amount } of drawsInto(entry, 'elsewhere')) {
          returned.set(grantId, (returned.get(grantId) ?? 0) + amount)
        }
      }
      const body = newerBody(entry, runs)
      if (body) tell(entry.at, body)
    },
    followEdit({ at, labels }) {
      for (const body of labelBodies(labels)) tell(at, body)
    },
    entries: () => entries,
    balances: () => balances,
    lease: () => lease,
    before: () => before,
    returned: () => returned,
    records: () => records,
    head: () => head,
    open: () => open,
    ended: (operationId) => ends.get(operationId) ?? 0,
  }
}

/** What it spent since it asked to join was leased to it already. */
function usedBefore(balances: BalanceState, lines: readonly LeaseLine[]) {
  const leased = new Map(lines.map(({ grantId, granted }) => [grantId, granted]))
  return new Map(
    [...balances.values()].map(({ grant, available, held, spent, expired }) => {
      const all = available + held + spent + expired
      return [grant.id, all - (leased.get(grant.id) ?? available + held)] as const
    }),
  )
}

/** The view of what a disk has, from its first entry on. */
export function viewOfDisk(ledger: OpenLedger): LedgerView {
  const view = createLedgerView()
  const edits = [...ledger.labelled.editsAfter(0)]
  for (const entry of ledger.entriesAfter({ sequence: 0, hash: '' }) ?? []) {
    while (edits[0] && edits[0].after < entry.sequence) view.followEdit(edits.shift() as LabelEdits)
    view.follow(entry)
  }
  for (const edit of edits) view.followEdit(edit)
  return view
}
