/** Copies a ledger while it is in use, and checks the copy. Runs in the reader's worker. */

import { closeSync, fsyncSync, openSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { openReader } from './database.ts'
import { LedgerDamage, loadState } from './load.ts'
import type { CopiedLedger } from './reader-protocol.ts'

/** In one step: between steps, another connection's writes would restart the copy. */
const ALL_PAGES = 0x7fff_ffff

/**
 * Copies the ledger `file` to `to` as of one moment, into a single file, and checks its pages and
 * the head of its chain. Throws SQLite's errors, or LedgerDamage if the copy is not sound.
 */
export async function copyLedger(file: string, to: string): Promise<CopiedLedger> {
  const source = openReader(file)
  try {
    await backup(source, to, { rate: ALL_PAGES })
  } finally {
    source.close()
  }
  const head = checkCopy(to)
  const descriptor = openSync(to, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return { ...head, bytes: statSync(to).size }
}

function checkCopy(file: string) {
  const db = new DatabaseSync(file)
  try {
    db.exec('PRAGMA journal_mode = DELETE')
    const verdict = db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
    if (verdict !== 'ok') throw new LedgerDamage(`The backup is not sound: ${String(verdict)}`)
    return loadState(db).state.head
  } finally {
    db.close()
  }
}
