/**
 * Detects trouble with an open ledger when it begins, not at the next call: from every write that
 * is refused, and by checking its file now and then. Notices by itself when it is over.
 */

import type { HostError, Result } from '#shared/result.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { Timers } from '#shared/ports/time.ts'
import type { LedgerProbe } from './ledger-probe.ts'

export const LOOK_MS = 5_000

/** What a write fails with when the disk is the cause. */
const OF_THE_DISK: ReadonlySet<string> = new Set([
  'disk_full',
  'ledger_not_writable',
  'ledger_io',
  'ledger_in_use',
  'ledger_damaged',
])

export interface LedgerWatch {
  /**
   * The same ledger, with the outcome of its writes observed; no run begins while its file is gone.
   */
  readonly ledger: OpenLedger
  trouble(): HostError | null
  close(): void
}

export function watchLedger(
  opened: OpenLedger,
  ports: { readonly probe: LedgerProbe; readonly timers: Timers; readonly changed: () => void },
): LedgerWatch {
  const { probe, timers, changed } = ports
  let trouble: HostError | null = null
  let closed = false
  let cancel = timers.after(LOOK_MS, () => void look())

  function hear(next: HostError | null): void {
    if (closed || next?.code === trouble?.code) return
    trouble = next
    changed()
  }

  async function look(): Promise<void> {
    hear(await probe(trouble !== null))
    if (!closed) cancel = timers.after(LOOK_MS, () => void look())
  }

  function heard<T>(result: Result<T>): Result<T> {
    if (!result.ok && OF_THE_DISK.has(result.error.code)) hear(result.error)
    return result
  }

  return {
    ledger: {
      ...opened,
      append: (drafts) => heard(opened.append(drafts)),
      authorize: (operation, allows) =>
        trouble?.code === 'ledger_gone'
          ? { ok: false, error: trouble }
          : heard(opened.authorize(operation, allows)),
      settle: (operationId, ending) => heard(opened.settle(operationId, ending)),
      void: (operationId, ending) => heard(opened.void(operationId, ending)),
      arrive: (arrival) => heard(opened.arrive(arrival)),
      takeEntries: (news) => heard(opened.takeEntries(news)),
      takeLease: (lease) => heard(opened.takeLease(lease)),
      giveBackLapsed: () => heard(opened.giveBackLapsed()),
      giveBackRecalled: (recall) => heard(opened.giveBackRecalled(recall)),
      giveBackAll: () => heard(opened.giveBackAll()),
      depart: (account, lease) => heard(opened.depart(account, lease)),
      checkpoint: (operationId, progress) => heard(opened.checkpoint(operationId, progress)),
    },
    trouble: () => trouble,
    close() {
      closed = true
      cancel()
    },
  }
}
