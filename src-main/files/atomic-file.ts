/**
 * Small files that are either wholly old or wholly new, whatever happens while they are written.
 * The one place that knows how; settings, keys, identities and media all write through here.
 */

import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { z } from 'zod'

export const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700

/** What a write that was cut off leaves behind; never a name anybody reads. */
export const TEMPORARY_SUFFIX = '.tmp'

/** Makes a directory (and its parents) that only the user can look into. */
export function ensurePrivateDirectory(path: string): void {
  fs.mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY })
  if (process.platform !== 'win32') fs.chmodSync(path, PRIVATE_DIRECTORY)
}

/**
 * Replaces `path` by `data`, on disk when it returns: a crash at any point leaves the old file or
 * the new one. The directory must exist. Throws the system's error (`ENOSPC`, `EACCES` …) and then
 * leaves the old file as it was.
 */
export function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  mode: number = PRIVATE_FILE,
): void {
  const temporary = `${path}.${process.pid}${TEMPORARY_SUFFIX}`
  try {
    writeDurably(temporary, data, mode)
    fs.renameSync(temporary, path)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
  syncDirectory(dirname(path))
}

function writeDurably(path: string, data: string | Uint8Array, mode: number): void {
  fs.rmSync(path, { force: true })
  const file = fs.openSync(path, 'wx', mode)
  try {
    fs.writeFileSync(file, data)
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}

/** Makes renames and removals inside a directory durable; Windows has no such call and needs none. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(directory)
  } finally {
    fs.closeSync(directory)
  }
}

export type JsonFile<T> =
  | { readonly state: 'ok'; readonly data: T }
  | { readonly state: 'missing' }
  /** Not JSON or not what the schema says. `reason` holds none of the file's content. */
  | { readonly state: 'damaged'; readonly reason: string }

/** Reads and validates a JSON file. Throws the system's error when the file cannot be read. */
export function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): JsonFile<z.output<Schema>> {
  let text: string
  try {
    text = fs.readFileSync(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { state: 'missing' }
    throw error
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { state: 'damaged', reason: 'It is not JSON.' }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { state: 'ok', data: parsed.data }
  const place = parsed.error.issues[0]?.path.map(String).join('.')
  return { state: 'damaged', reason: `It does not have the expected shape at "${place ?? ''}".` }
}

/**
 * Moves a damaged file into `quarantine/` beside it, so that nothing is lost and a fresh one can
 * take its place. Returns where it went. `now` (epoch milliseconds) keeps the names apart.
 */
export function setAside(path: string, now: number): string {
  const quarantine = join(dirname(path), 'quarantine')
  ensurePrivateDirectory(quarantine)
  for (let attempt = 0; ; attempt += 1) {
    const target = join(quarantine, `${now}${attempt === 0 ? '' : `-${attempt}`}-${basename(path)}`)
    if (fs.existsSync(target)) continue
    fs.renameSync(path, target)
    syncDirectory(dirname(path))
    return target
  }
}

/** `ENOENT`, `ENOSPC` … of an error the system raised, otherwise undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
