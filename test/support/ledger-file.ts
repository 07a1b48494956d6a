/** One ledger's file in a folder of its own, to be damaged and repaired. */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openReader } from '../../src-main/ledger/database.ts'
import type { EntryRecord } from '../../src-main/ledger/entry-chain.ts'
import { openLedger, type OpenLedger } from '../../src-main/ledger/open.ts'
import {
  endingOf,
  grantDraft,
  ledgerPorts,
  openTestLedger,
  operationOf,
  temporaryFolder,
  testClock,
  unwrap,
} from './ledger.ts'

export let folder = temporaryFolder()
export let clock = testClock()

/** Before each test. */
export function freshFolder(): void {
  folder = temporaryFolder()
  clock = testClock()
}

/** After each test. */
export const removeFolder = () => folder.remove()

export const file = () => join(folder.path, 'ledger.sqlite')
export const open = () => openLedger(folder.path, ledgerPorts(clock))
export const spend = (ledger: OpenLedger, from: number, to: number) => {
  for (let n = from; n < to; n++) {
    clock.advance(1_000)
    unwrap(ledger.authorize(operationOf(`op-${n}`, 2)))
    unwrap(ledger.settle(`op-${n}`, endingOf(1)))
  }
}

/** A closed ledger of one grant and `runs` settled runs, two entries each. */
export async function ledgerWith(runs: number, backupAfter?: number): Promise<void> {
  const ledger = openTestLedger(folder.path, clock)
  unwrap(ledger.append([grantDraft('plan', 10_000)]))
  spend(ledger, 0, backupAfter ?? runs)
  if (backupAfter !== undefined) unwrap(await ledger.backup())
  if (backupAfter !== undefined) spend(ledger, backupAfter, runs)
  await ledger.close()
}

/** Changes what is stored, behind the ledger's back. */
export function tamper(sql: string): void {
  const db = new DatabaseSync(file())
  db.exec('DROP TRIGGER entry_never_changes; DROP TRIGGER entry_never_leaves')
  db.exec(sql)
  db.close()
}

export function records(path = file()): readonly EntryRecord[] {
  const db = openReader(path)
  const rows = db.prepare('SELECT * FROM entry ORDER BY sequence').all()
  db.close()
  return rows as unknown as readonly EntryRecord[]
}
