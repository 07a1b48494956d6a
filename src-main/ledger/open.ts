/** Opens a ledger folder: locked, checked, migrated, and only then written to. */

import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Result, success } from '#shared/result.ts'
import type { BackupView } from '#shared/host/ledger.ts'
import type { LabelEdit } from '#shared/usage/labels.ts'
import { ensurePrivateDirectory, PRIVATE_FILE } from '../files/atomic-file.ts'
import { schemaVersion } from '../files/schema.ts'
import { LedgerIsNewer, openReader, openWriter, SCHEMA_VERSION, zoneOf } from './database.ts'
import { type Backup, backupView, isBackupDue, listBackups, makeBackup } from './backup.ts'
import { finishRepair, LEDGER_FILE } from './damage.ts'
import type { LedgerPorts } from './ports.ts'
import { GENESIS, type Head } from './entry-chain.ts'
import { createReader, type LedgerReader } from './reader.ts'
import { lastGoodSequence, lostEntries } from './salvage.ts'
import { createJournal } from './journal.ts'
import { createLabels, type Labels } from './labels.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { entryAt, type Loaded, LedgerDamage, loadState, projectionsAgree } from './load.ts'
import { type ChangingDayClock, createChangingDayClock, type DayClock } from './local-day.ts'
import { type LedgerLock, lockLedger } from './lock.ts'
import { createProjector } from './projector.ts'
import { rebuild } from './rebuild.ts'
import { createRegrouping } from './regrouping.ts'
import { damageFailure, isDamage, storageFailure } from './storage-errors.ts'

export type { LedgerPorts }

export interface OpenLedger extends Ledger {
  /** The past, however long, without blocking the host's thread. */
  readonly history: LedgerReader
  /**
   * Writes a person's labels of operations on this machine, durably; the history follows. Returns
   * how many changed; operations the ledger does not have are skipped.
   */
  label(operationIds: readonly string[], edit: LabelEdit, deviceId: string): Result<number>
  /** The edits made on this machine, and merging those of others. */
  readonly labelled: Pick<Labels, 'editsAfter' | 'onEdited' | 'take'>
  /**
   * Groups usage by the days of another zone, which takes about a second for a million entries;
   * until it returns, or if it fails, the days of the previous zone apply. Throws a RangeError on
   * an unknown zone.
   */
  regroup(timeZone: string): Promise<Result<null>>
  /** Makes a backup now; if it fails, the earlier ones stay. */
  backup(): Promise<Result<BackupView>>
  /** Newest first. */
  backups(): readonly BackupView[]
  lastBackup(): BackupView | null
  /** Whether a day has passed since the last backup that succeeded. */
  isBackupDue(): boolean
  /** Releases the folder: at once, unless a read is running. */
  close(): Promise<void>
}

/**
 * Opens the ledger in `directory`, making an empty one on first use. Fails, changing nothing, with
 * `ledger_in_use`, `ledger_newer`, `ledger_damaged`, `ledger_not_writable`, `disk_full` or
 * `ledger_io`.
 */
export function openLedger(directory: string, ports: LedgerPorts): Result<OpenLedger> {
  let lock: LedgerLock | null = null
  let db: DatabaseSync | null = null
  try {
    ensurePrivateDirectory(directory)
    const locked = lockLedger(directory)
    if (!locked.ok) return locked
    lock = locked.data
    const days = createChangingDayClock(ports.timeZone)
    finishRepair(directory)
    const opened = openFile(directory, days, ports.timeZone)
    db = opened.db
    return success(serve(directory, opened.db, opened.loaded, days, lock, ports))
  } catch (error) {
    db?.close()
    lock?.release()
    return openFailure(directory, error)
  }
}

function openFailure(directory: string, error: unknown) {
  if (!(error instanceof LedgerDamage) && !isDamage(error)) {
    const failed = storageFailure(error)
    if (!failed) throw error
    return failed
  }
  const file = join(directory, LEDGER_FILE)
  const sequence = lastGoodSequence(file)
  const [last] = listBackups(directory)
  return damageFailure(error, {
    lastGoodSequence: sequence,
    damagedEntries: lostEntries(file, { ...GENESIS, sequence }).count,
    lastBackup: last ? backupView(last) : null,
  })
}

function serve(
  directory: string,
  db: DatabaseSync,
  { state, unprojected }: Loaded,
  days: ChangingDayClock,
  lock: LedgerLock,
  ports: LedgerPorts,
): OpenLedger {
  const projector = createProjector(db, days, ports.timers, unprojected)
  const journal = createJournal(db, state, projector)
  const ledger = createLedger(journal, ports.clock)
  const labels = createLabels(db, days, projector)
  const file = join(directory, LEDGER_FILE)
  const reader = createReader(ports.readerUrl, { file }, projector.catchUp)
  const backups = () => listBackups(directory).map(backupView)
  /** A backup is never dated before what is in it. */
  const backupTime = () => Math.max(ledger.now(), ledger.head().at)
  return {
    ...ledger,
    history: reader,
    labelled: labels,
    label: (operationIds, edit, deviceId) =>
      labels.edit(operationIds, edit, { deviceId, at: ledger.now() }),
    regroup: createRegrouping({ db, days, reader, labels, projector }),
    backup: () => makeBackup(directory, backupTime(), ports.signer, (to) => reader.ask('copy', to)),
    backups,
    lastBackup: () => backups()[0] ?? null,
    isBackupDue: () => isBackupDue(directory, backupTime()),
    async close() {
      if (reader.isRunning()) await reader.close()
      projector.catchUp()
      projector.stop()
      db.close()
      lock.release()
    },
  }
}

/** A journal that ends before its own backup, or differs from it, has lost something. */
function checkAgainstBackup(db: DatabaseSync, head: Head, newest: Backup | undefined): void {
  if (!newest || newest.seal.head.sequence === 0) return
  const { sequence, hash } = newest.seal.head
  if (sequence > head.sequence) {
    throw new LedgerDamage(`The journal ends at ${head.sequence}, its backup at ${sequence}`)
  }
  if (entryAt(db, sequence)?.hash !== hash) {
    throw new LedgerDamage(`Entry ${sequence} differs from the one in the backup`)
  }
}

function openFile(directory: string, days: DayClock, timeZone: string) {
  const file = join(directory, LEDGER_FILE)
  const [newest] = listBackups(directory)
  const exists = existsSync(file)
  if (!exists && newest) throw new LedgerDamage('The ledger file is missing, but has a backup')
  const seen = exists ? inspect(file, newest) : null
  if (!exists) closeSync(openSync(file, 'a', PRIVATE_FILE))
  const db = openWriter(file)
  try {
    let loaded = seen ?? loadState(db)
    if (!seen) checkAgainstBackup(db, loaded.state.head, newest)
    if (zoneOf(db) !== timeZone || !projectionsAgree(db, loaded)) {
      rebuild(db, days, timeZone)
      loaded = { ...loaded, unprojected: [] }
    }
    return { db, loaded }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Reads the state before anything may write; null if the schema must be migrated first. */
function inspect(file: string, newest: Backup | undefined): Loaded | null {
  const db = openReader(file)
  try {
    const version = schemaVersion(db)
    if (version > SCHEMA_VERSION) throw new LedgerIsNewer(version)
    if (version === 0 && newest)
      throw new LedgerDamage('The ledger file is empty, but has a backup')
    if (version < SCHEMA_VERSION) return null
    const loaded = loadState(db)
    checkAgainstBackup(db, loaded.state.head, newest)
    return loaded
  } finally {
    db.close()
  }
}
