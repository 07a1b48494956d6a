/**
 * The library the host owns: chats and creations, in `library.sqlite` and `media/`. It holds no
 * money: costs are copied here from the ledger for display, and deleting here changes nothing there
 * (design: ledger).
 */

import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Result, success } from '#shared/result.ts'
import type { Studio } from '#shared/credits/studios.ts'
import type { CreationView, MessageView, RunEnding } from '#shared/host/views.ts'
import { ensurePrivateDirectory, PRIVATE_FILE, syncDirectory } from '../files/atomic-file.ts'
import type { Clock } from '#shared/ports/time.ts'
import { type Creations, createCreations } from './creations.ts'
import { openDatabase } from './database.ts'
import { type MediaFiles, openMediaFiles, wasLeftOpen } from './media-files.ts'
import { attempt, isDamage } from './storage-failures.ts'
import { createThreads, type Threads } from './threads.ts'

const LIBRARY_FILE = 'library.sqlite'
const MEDIA_DIRECTORY = 'media'

/** A request by its hash, and how many results it asks for. */
export interface PastRequest {
  readonly studio: Studio
  readonly requestKey: string
  readonly count: number
}

export interface PastResult {
  readonly operationId: string
  readonly madeAt: number
  /** Chat. */
  readonly text: string
  readonly creationIds: readonly string[]
}

/** Up to this size the whole file is checked at every start; beyond, only after a crash. */
const ALWAYS_CHECKED_BYTES = 64 * 1024 * 1024

export interface Library extends Threads, Creations {
  /**
   * Shown once to the person: the library was damaged and has been set aside. Null if it was sound.
   */
  readonly damage: string | null
  /** What a request made before and is still here, whole; null when there is none. */
  resultOf(request: PastRequest): PastResult | null
  /** Operations whose reply or creations have no ending yet, to be ended at start. */
  unendedOperations(): string[]
  /** Ends what an operation left in the library; a reply keeps the text it had. */
  endOperation(operationId: string, ending: RunEnding): Result<null>
  close(): void
}

/**
 * Opens the library in `directory`, making an empty one on first use. A damaged one is moved to
 * `quarantine/` with its media and an empty one takes its place. Fails, changing nothing, with
 * `library_newer`, `library_in_use`, `library_not_writable`, `disk_full` or `library_io`.
 */
export function openLibrary(directory: string, ports: { readonly clock: Clock }): Result<Library> {
  return attempt(() => {
    ensurePrivateDirectory(directory)
    try {
      return success(open(directory, ports.clock, null))
    } catch (error) {
      if (!isDamage(error)) throw error
      const kept = setLibraryAside(directory, ports.clock.now())
      return success(open(directory, ports.clock, damageReport(kept)))
    }
  })
}

function open(directory: string, clock: Clock, damage: string | null): Library {
  const file = join(directory, LIBRARY_FILE)
  const leftOpen = wasLeftOpen(file)
  closeSync(openSync(file, 'a', PRIVATE_FILE))
  const check = leftOpen || statSync(file).size <= ALWAYS_CHECKED_BYTES
  const db = openDatabase(file, { check })
  try {
    const media = openMediaFiles(join(directory, MEDIA_DIRECTORY))
    if (leftOpen) tidyMedia(db, media, clock.now())
    return serve(db, media, clock, damage)
  } catch (error) {
    db.close()
    throw error
  }
}

function serve(db: DatabaseSync, media: MediaFiles, clock: Clock, damage: string | null): Library {
  const unended = db.prepare(
    `SELECT operation_id FROM message WHERE role = 'assistant' AND ending IS NULL
     UNION SELECT operation_id FROM creation WHERE ending IS NULL AND deleted = 0`,
  )
  const threads = createThreads(db, clock)
  const creations = createCreations(db, media, clock)
  return {
    ...threads,
    ...creations,
    damage,
    resultOf({ studio, requestKey, count }) {
      if (studio === 'chat') return pastReply(threads.repliedTo(requestKey))
      return pastCreations(creations.completedBy(requestKey, count))
    },
    unendedOperations: () =>
      (unended.all() as { operation_id: string }[]).map((row) => row.operation_id),
    endOperation(operationId, ending) {
      const reply = threads.replyOf(operationId)
      const ended = reply ? threads.endReply(reply.id, reply.text, ending) : success(null)
      return ended.ok ? creations.endCreations(operationId, ending) : ended
    },
    close() {
      if (db.isOpen) db.close()
    },
  }
}

function pastReply(reply: MessageView | undefined): PastResult | null {
  if (!reply) return null
  const { operationId, createdAt: madeAt, text } = reply
  if (operationId === null) return null
  return { operationId, madeAt, text, creationIds: [] }
}

function pastCreations(made: readonly CreationView[] | null): PastResult | null {
  const [first] = made ?? []
  if (!made || !first) return null
  const { operationId, createdAt: madeAt } = first
  return { operationId, madeAt, text: '', creationIds: made.map(({ id }) => id) }
}

function tidyMedia(db: DatabaseSync, media: MediaFiles, now: number): void {
  const rows = db.prepare('SELECT id FROM creation WHERE deleted = 0').all() as { id: string }[]
  media.tidy(new Set(rows.map(({ id }) => id)), now)
}

/** Moves the database and its media into a folder of their own under `quarantine/`. */
function setLibraryAside(directory: string, now: number): string {
  const quarantine = join(directory, 'quarantine')
  let target = join(quarantine, `${now}-library`)
  for (let attempt = 1; existsSync(target); attempt++) {
    target = join(quarantine, `${now}-library-${attempt}`)
  }
  ensurePrivateDirectory(quarantine)
  ensurePrivateDirectory(target)
  const file = join(directory, LIBRARY_FILE)
  // The database is moved last: if interrupted, the next start still finds it damaged and
  // continues.
  for (const path of [join(directory, MEDIA_DIRECTORY), `${file}-wal`, `${file}-shm`, file]) {
    if (existsSync(path)) renameSync(path, join(target, basename(path)))
  }
  syncDirectory(directory)
  return target
}

function damageReport(kept: string): string {
  return `The library of chats and creations was damaged and has been moved to ${kept}. A new one was started; your credits and usage are not affected.`
}
