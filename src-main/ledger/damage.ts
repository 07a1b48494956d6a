/**
 * Repairs a damaged ledger. The damaged file is always kept whole under `quarantine/`; what is
 * sound continues in a fresh file, and what could not be carried over is reported.
 */

import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Credits, creditsToDecimal } from '#shared/credits/amount.ts'
import { failure, type Result, success } from '#shared/result.ts'
import {
  ensurePrivateDirectory,
  syncDirectory,
  TEMPORARY_SUFFIX,
  writeFileAtomic,
} from '../files/atomic-file.ts'
import { listBackups, setBackupsAside } from './backup.ts'
import { openWriter } from './database.ts'
import type { Head } from './entry-chain.ts'
import { createDayClock } from './local-day.ts'
import { lockLedger } from './lock.ts'
import type { LedgerPorts } from './ports.ts'
import { carryJournal, carryLabels, type LostEntries, lostEntries } from './salvage.ts'
import { storageFailure } from './storage-errors.ts'

export const LEDGER_FILE = 'ledger.sqlite'
/** A complete replacement waiting to take the ledger's place; opening finishes the swap. */
const REPAIRED_FILE = 'ledger.repaired.sqlite'

export interface Repair {
  /** The number of entries in the repaired ledger. */
  readonly entries: number
  /** Entries seen in the damaged file that could not be carried over. */
  readonly setAside: LostEntries
  /** The folder in which the damaged file is kept. */
  readonly kept: string
  /** For the person: what was saved and what was set aside. */
  readonly message: string
}

/**
 * Keeps everything up to the first unsound entry and sets the rest aside. Holds whose end is among
 * the rest are open again. Fails with `ledger_in_use`, `disk_full` or another storage failure,
 * changing nothing.
 */
export function quarantineTail(directory: string, ports: LedgerPorts): Result<Repair> {
  return repair(directory, ports, [])
}

/**
 * Starts from the newest backup that is sound and adds what the damaged file has beyond it, so that
 * nothing readable is lost. Fails with `no_backup` when there is none.
 */
export function restoreFromBackup(directory: string, ports: LedgerPorts): Result<Repair> {
  const backups = listBackups(directory).map(({ path }) => path)
  if (backups.length === 0) return noBackup()
  return repair(directory, ports, backups)
}

function noBackup() {
  return failure(
    'no_backup',
    'There is no sound backup to restore. You can set the damaged part aside and go on.',
  )
}

/** With `backups` (newest first), starts from the first sound one. */
function repair(directory: string, ports: LedgerPorts, backups: readonly string[]): Result<Repair> {
  const lock = lockLedger(directory)
  if (!lock.ok) return lock
  const making = join(directory, `${REPAIRED_FILE}${TEMPORARY_SUFFIX}`)
  try {
    const damaged = join(directory, LEDGER_FILE)
    const head = build(making, damaged, ports.timeZone, backups)
    if (!head) return noBackup()
    const setAside = lostEntries(damaged, head)
    const kept = keepDamaged(directory, ports.clock.now())
    const report: Repair = {
      entries: head.sequence,
      setAside,
      kept,
      message: describe(head, setAside, backups.length > 0),
    }
    writeFileAtomic(join(kept, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
    setBackupsAside(directory, head, kept)
    renameSync(making, join(directory, REPAIRED_FILE))
    finishRepair(directory)
    return success(report)
  } catch (error) {
    const failed = storageFailure(error)
    if (!failed) throw error
    return failed
  } finally {
    removeDatabase(making)
    lock.data.release()
  }
}

/** Writes the fresh file and returns its head, or null if backups were given and none is sound. */
function build(
  making: string,
  damaged: string,
  timeZone: string,
  backups: readonly string[],
): Head | null {
  const days = createDayClock(timeZone)
  for (const start of backups.length > 0 ? backups : [null]) {
    removeDatabase(making)
    const db = openWriter(making)
    try {
      db.prepare('UPDATE projected SET time_zone = ?').run(timeZone)
      const sources = start === null ? [damaged] : [start, damaged]
      for (const source of sources) carryLabels(source, db)
      const heads = sources.map((source) => carryJournal(source, db, days))
      if (start !== null && heads[0]?.complete !== true) continue
      db.exec('PRAGMA journal_mode = DELETE')
      return heads.at(-1)?.head ?? null
    } finally {
      db.close()
    }
  }
  return null
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true })
}

/** Links the damaged file into `quarantine/`, with its write-ahead log. */
function keepDamaged(directory: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(':', '-')
  const all = join(directory, 'quarantine')
  let kept = join(all, stamp)
  for (let again = 2; existsSync(kept); again++) kept = join(all, `${stamp}-${again}`)
  ensurePrivateDirectory(kept)
  for (const suffix of ['', '-wal']) {
    const file = join(directory, `${LEDGER_FILE}${suffix}`)
    if (existsSync(file)) keepFile(file, join(kept, `${LEDGER_FILE}${suffix}`))
  }
  syncDirectory(kept)
  syncDirectory(all)
  return kept
}

function keepFile(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/**
 * Puts a finished replacement in the damaged file's place. The damaged log is removed first: it
 * must never meet the fresh file. Called again at every opening, in case a crash came in between.
 */
export function finishRepair(directory: string): void {
  const repaired = join(directory, REPAIRED_FILE)
  if (!existsSync(repaired)) return
  const file = join(directory, LEDGER_FILE)
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  renameSync(repaired, file)
  syncDirectory(directory)
}

function describe(head: Head, lost: LostEntries, restored: boolean): string {
  const done = restored ? 'The ledger was restored from a backup' : 'The ledger was repaired'
  const kept = `${done} with ${head.sequence} entries.`
  if (lost.count === 0) return `${kept} Nothing readable was lost.`
  const sum = creditsToDecimal(
    lost.charges.reduce((total, { amount }) => total + amount, 0) as Credits,
  )
  return `${kept} ${lost.count} entries could not be carried over and were set aside; they hold ${lost.charges.length} charges of together ${sum} credits. The damaged file is kept.`
}
