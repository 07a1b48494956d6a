/**
 * The images and speech that were made: a row each in the library, the bytes in a file beside it.
 */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { failure, type Result, success } from '#shared/result.ts'
import type { CreationView, RunEnding } from '#shared/host/views.ts'
import type { Clock } from '#shared/ports/time.ts'
import { isMediaId, knownMediaType, type MediaFiles } from './media-files.ts'
import { attempt, type LibraryFailure } from './storage-failures.ts'

export const MAX_MEDIA_BYTES = 200 * 1024 * 1024

export interface NewCreation {
  /** A lower-case UUID; names the file. */
  readonly id: string
  readonly studio: CreationView['studio']
  readonly operationId: string
  readonly prompt: string
  readonly modelName: string
  readonly subject: string
  readonly settings: CreationView['settings']
  /** Hash of the request; null if the same request must be made anew. */
  readonly requestKey?: string | null
  readonly file: {
    readonly bytes: Uint8Array
    readonly mediaType: string
    readonly width: number | null
    readonly height: number | null
    readonly durationMs: number | null
  }
}

export interface LibraryQuery {
  readonly studio?: CreationView['studio'] | undefined
  /** Words that must all be in the prompt; case and accents do not matter. */
  readonly search?: string | undefined
  /** Only these. */
  readonly ids?: readonly string[] | undefined
  /** The id of the last creation of the page before. */
  readonly before?: string | undefined
  readonly limit: number
}

export interface LibraryPage {
  readonly creations: readonly CreationView[]
  readonly nextBefore: string | null
}

export interface LibraryMedia {
  /** Absolute when the library's directory is. */
  readonly path: string
  readonly mediaType: string
  readonly bytes: number
}

export interface Creations {
  /**
   * Writes the file, then the row that lists it. Adding one that exists returns it. Fails with
   * `media_not_supported`, `media_too_large`, `id_taken` (deleted since), `disk_full` or another
   * storage failure, and then lists nothing.
   */
  addCreation(creation: NewCreation): Result<CreationView>
  /** What a run made, in order, except what was deleted since. */
  creationsOf(operationId: string): CreationView[]
  /**
   * The newest whole result of a request: what a completed run made, all `count` of it still here,
   * rows and files. Null when there is none.
   */
  completedBy(requestKey: string, count: number): readonly CreationView[] | null
  /** Copies how the run ended onto everything it made. */
  endCreations(operationId: string, ending: RunEnding): Result<null>
  /** Newest first. An unknown `before` starts from the newest. */
  libraryPage(query: LibraryQuery): LibraryPage
  /** Deletes file and row; what it cost stays in the ledger. Fails with `creation_not_found`. */
  deleteCreation(id: string): Result<null>
  /** The file of a creation; undefined for anything else, including a file gone from the disk. */
  mediaFile(id: string): LibraryMedia | undefined
}

interface CreationRow {
  readonly place: number
  readonly id: string
  readonly studio: CreationView['studio']
  readonly operation_id: string
  readonly created_at: number
  readonly prompt: string
  readonly model_name: string
  readonly subject: string
  readonly settings: string
  readonly media_type: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
  readonly duration_ms: number | null
  readonly ending: string | null
  readonly deleted: number
}

export function createCreations(db: DatabaseSync, media: MediaFiles, clock: Clock): Creations {
  const byId = db.prepare('SELECT * FROM creation WHERE id = ?')
  const byOperation = db.prepare(
    'SELECT * FROM creation WHERE operation_id = ? AND deleted = 0 ORDER BY place',
  )
  const insert = prepareInsert(db)
  const end = db.prepare('UPDATE creation SET ending = ? WHERE operation_id = ? AND deleted = 0')
  const empty = db.prepare(
    `UPDATE creation SET deleted = 1, prompt = '', search_text = '', subject = '', settings = '{}',
       bytes = 0, ending = NULL, request_key = NULL WHERE id = ?`,
  )
  const askedFor = db.prepare(
    `SELECT operation_id, max(place) AS newest FROM creation
     WHERE request_key = ? AND deleted = 0 GROUP BY operation_id ORDER BY newest DESC`,
  )
  const find = (id: string) => byId.get(id) as CreationRow | undefined
  const isHere = (row: CreationRow) => media.find(row.id, row.media_type) !== undefined

  return {
    addCreation: (creation) =>
      attempt(() => {
        const present = find(creation.id)
        if (present) return present.deleted === 1 ? idTaken() : success(creationView(present))
        const mediaType = knownMediaType(creation.file.mediaType)
        if (mediaType === undefined) return notSupported(creation.file.mediaType)
        if (creation.file.bytes.byteLength > MAX_MEDIA_BYTES) return tooLarge()
        media.write(creation.id, mediaType, creation.file.bytes)
        try {
          insert(creation, mediaType, clock.now())
        } catch (error) {
          media.remove(creation.id, mediaType)
          throw error
        }
        const row = find(creation.id)
        return row ? success(creationView(row)) : notFound()
      }),
    creationsOf: (operationId) =>
      (byOperation.all(operationId) as unknown as CreationRow[]).map(creationView),
    completedBy(requestKey, count) {
      for (const { operation_id } of askedFor.all(requestKey) as { operation_id: string }[]) {
        const rows = byOperation.all(operation_id) as unknown as CreationRow[]
        const made = rows.map(creationView)
        const whole = made.length === count && rows.every(isHere)
        if (whole && made.every(({ ending }) => ending?.outcome === 'completed')) return made
      }
      return null
    },
    endCreations: (operationId, ending) =>
      attempt(() => {
        end.run(JSON.stringify(ending), operationId)
        return success(null)
      }),
    libraryPage: (query) => readPage(db, query),
    deleteCreation: (id) =>
      attempt(() => {
        const row = find(id)
        if (!row || row.deleted === 1) return notFound()
        // The file first: what a person deletes must not outlive a crash in between.
        media.remove(row.id, row.media_type)
        empty.run(id)
        return success(null)
      }),
    mediaFile(id) {
      if (!isMediaId(id)) return undefined
      const row = find(id)
      if (!row || row.deleted === 1) return undefined
      const file = media.find(row.id, row.media_type)
      return file && { path: file.path, mediaType: row.media_type, bytes: file.bytes }
    },
  }
}

function prepareInsert(db: DatabaseSync) {
  const statement = db.prepare(
    `INSERT INTO creation (id, studio, operation_id, created_at, prompt, search_text, model_name,
       subject, settings, media_type, bytes, width, height, duration_ms, request_key)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return (creation: NewCreation, mediaType: string, now: number) =>
    statement.run(
      creation.id,
      creation.studio,
      creation.operationId,
      now,
      creation.prompt,
      foldForSearch(creation.prompt),
      creation.modelName,
      creation.subject,
      JSON.stringify(creation.settings),
      mediaType,
      creation.file.bytes.byteLength,
      creation.file.width,
      creation.file.height,
      creation.file.durationMs,
      creation.requestKey ?? null,
    )
}

function readPage(db: DatabaseSync, query: LibraryQuery): LibraryPage {
  const conditions = ['deleted = 0']
  const values: SQLInputValue[] = []
  const narrow = (condition: string, value: SQLInputValue) => {
    conditions.push(condition)
    values.push(value)
  }
  if (query.studio !== undefined) narrow('studio = ?', query.studio)
  if (query.ids !== undefined) {
    narrow('id IN (SELECT value FROM json_each(?))', JSON.stringify(query.ids))
  }
  for (const word of searchWords(query.search ?? '')) narrow('instr(search_text, ?) > 0', word)
  if (query.before !== undefined) {
    narrow('place < coalesce((SELECT place FROM creation WHERE id = ?), 9e18)', query.before)
  }
  const rows = db
    .prepare(`SELECT * FROM creation WHERE ${conditions.join(' AND ')} ORDER BY place DESC LIMIT ?`)
    .all(...values, query.limit + 1) as unknown as CreationRow[]
  const creations = rows.slice(0, query.limit).map(creationView)
  const more = rows.length > query.limit
  return { creations, nextBefore: more ? (creations.at(-1)?.id ?? null) : null }
}

function searchWords(search: string): string[] {
  return foldForSearch(search)
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Text as it is compared: without case and accents. Stored, so a change needs a migration. */
function foldForSearch(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
}

function creationView(row: CreationRow): CreationView {
  return {
    id: row.id,
    studio: row.studio,
    operationId: row.operation_id,
    createdAt: row.created_at,
    prompt: row.prompt,
    modelName: row.model_name,
    subject: row.subject,
    mediaType: row.media_type,
    bytes: row.bytes,
    url: `/media/${row.id}`,
    width: row.width,
    height: row.height,
    durationMs: row.duration_ms,
    settings: JSON.parse(row.settings) as CreationView['settings'],
    ending: row.ending === null ? null : (JSON.parse(row.ending) as RunEnding),
  }
}

function notFound(): LibraryFailure {
  return failure('creation_not_found', 'This is no longer in the library.')
}

function idTaken(): LibraryFailure {
  return failure('id_taken', 'This was in the library before and has been deleted.')
}

function notSupported(mediaType: string): LibraryFailure {
  return failure(
    'media_not_supported',
    'The provider sent a kind of file that Tallystick does not keep. Choose another model.',
    { mediaType: mediaType.slice(0, 100) },
  )
}

function tooLarge(): LibraryFailure {
  return failure(
    'media_too_large',
    `The provider sent a file above ${MAX_MEDIA_BYTES / 1024 / 1024} MB, more than the library keeps.`,
  )
}
