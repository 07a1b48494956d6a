/**
 * Backups of the ledger: made while it is in use, checked and signed, and a sensible number kept.
 */

import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type Result, success } from '#shared/result.ts'
import type { BackupView } from '#shared/host/ledger.ts'
import {
  ensurePrivateDirectory,
  PRIVATE_FILE,
  syncDirectory,
  TEMPORARY_SUFFIX,
  writeFileAtomic,
} from '../files/atomic-file.ts'
import type { HeadSigner } from './device-key.ts'
import type { Head } from './entry-chain.ts'
import type { CopiedLedger } from './reader-protocol.ts'
import { storageFailure } from './storage-errors.ts'

const DUE_AFTER_MS = 24 * 3_600_000
/** Kept: the newest few, and beyond them the last one of each of the latest days. */
const KEEP_NEWEST = 3
const KEEP_DAYS = 14

/** Written beside a backup once it is known to be good; without it the backup does not count. */
const sealSchema = z.object({
  format: z.literal(1),
  takenAt: z.int(),
  bytes: z.int(),
  head: z.object({ sequence: z.int(), at: z.int(), hash: z.string() }),
  publicKey: z.string().nullable(),
  signature: z.string().nullable(),
})
export type BackupSeal = z.output<typeof sealSchema>

export interface Backup {
  /** Absolute path of the copy. */
  readonly path: string
  readonly seal: BackupSeal
}

const folderOf = (directory: string) => join(directory, 'backups')
const sealOf = (path: string) => path.replace(/\.sqlite$/, '.json')

/** Good backups of a ledger folder, newest first. Needs no open ledger. */
export function listBackups(directory: string): readonly Backup[] {
  const folder = folderOf(directory)
  return namesIn(folder)
    .filter((name) => /^ledger-.*\.sqlite$/.test(name))
    .sort()
    .reverse()
    .flatMap((name) => {
      const path = join(folder, name)
      const seal = readSeal(sealOf(path))
      return seal ? [{ path, seal }] : []
    })
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readSeal(file: string): BackupSeal | null {
  try {
    const seal = sealSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return seal.success ? seal.data : null
  } catch {
    return null
  }
}

export function backupView({ path, seal }: Backup): BackupView {
  const { takenAt, bytes, head } = seal
  return { at: takenAt, file: basename(path), bytes, entries: head.sequence }
}

/** Whether more than a day has passed since the last good backup, or there is none. */
export function isBackupDue(directory: string, now: number): boolean {
  const [last] = listBackups(directory)
  return !last || now - last.seal.takenAt >= DUE_AFTER_MS
}

/**
 * Makes a backup at `now` with `copy`, which makes and checks a copy at a path. It counts only once
 * its seal is on disk; whatever fails before leaves the backups as they were.
 */
export async function makeBackup(
  directory: string,
  now: number,
  signer: HeadSigner | null,
  copy: (to: string) => Promise<Result<CopiedLedger>>,
): Promise<Result<BackupView>> {
  const folder = folderOf(directory)
  const stamp = new Date(now).toISOString().replaceAll(':', '-')
  const path = join(folder, `ledger-${stamp}.sqlite`)
  const making = `${path}${TEMPORARY_SUFFIX}`
  try {
    ensurePrivateDirectory(folder)
    removeLeftOvers(folder)
    const copied = await copy(making)
    if (!copied.ok) return copied
    chmodSync(making, PRIVATE_FILE)
    const { bytes, ...head } = copied.data
    renameSync(making, path)
    const seal = sealBackup(head, bytes, now, signer)
    writeFileAtomic(sealOf(path), `${JSON.stringify(seal, null, 2)}\n`)
    syncDirectory(folder)
    prune(directory)
    return success(backupView({ path, seal }))
  } catch (error) {
    const failed = storageFailure(error)
    if (!failed) throw error
    return failed
  } finally {
    rmSync(making, { force: true })
  }
}

function sealBackup(head: Head, bytes: number, takenAt: number, signer: HeadSigner | null) {
  const publicKey = signer?.publicKey ?? null
  const signature = signer?.signHead(head) ?? null
  return { format: 1, takenAt, bytes, head, publicKey, signature } satisfies BackupSeal
}

/** Removes copies that a crash left unfinished. */
function removeLeftOvers(folder: string): void {
  for (const name of namesIn(folder)) {
    if (name.includes(TEMPORARY_SUFFIX)) rmSync(join(folder, name), { force: true })
  }
}

function prune(directory: string): void {
  const days = new Set<string>()
  listBackups(directory).forEach(({ path, seal }, place) => {
    const day = new Date(seal.takenAt).toISOString().slice(0, 10)
    const isLastOfDay = !days.has(day)
    days.add(day)
    if (place < KEEP_NEWEST || (isLastOfDay && days.size <= KEEP_DAYS)) return
    rmSync(sealOf(path), { force: true })
    rmSync(path, { force: true })
  })
}

/** Moves backups of a history the ledger no longer continues out of the way, intact. */
export function setBackupsAside(directory: string, beyond: Head, to: string): void {
  for (const { path, seal } of listBackups(directory)) {
    if (seal.head.sequence <= beyond.sequence) continue
    renameSync(path, join(to, basename(path)))
    renameSync(sealOf(path), join(to, basename(sealOf(path))))
  }
}
