/** The files of creations: `media/<id>.<extension>`, each wholly there or not at all. */

import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { join, parse } from 'node:path'
import { MEDIA_EXTENSIONS } from '#shared/studios/media-types.ts'
import {
  ensurePrivateDirectory,
  setAside,
  syncDirectory,
  systemErrorCode,
  TEMPORARY_SUFFIX,
  writeFileAtomic,
} from '../files/atomic-file.ts'

const OTHER_NAMES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
  'audio/mp3': 'audio/mpeg',
  'audio/x-flac': 'audio/flac',
}

/** Lower case only: two ids must never be one file where file names ignore case. */
const MEDIA_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function isMediaId(text: string): boolean {
  return MEDIA_ID.test(text)
}

/** The plain name of a media type the library keeps, or undefined for one it does not. */
export function knownMediaType(mediaType: string): string | undefined {
  const plain = (mediaType.split(';')[0] ?? '').trim().toLowerCase()
  const name = OTHER_NAMES[plain] ?? plain
  return Object.hasOwn(MEDIA_EXTENSIONS, name) ? name : undefined
}

export interface MediaFiles {
  /** Throws the system's error and then leaves nothing behind. */
  write(id: string, mediaType: string, bytes: Uint8Array): void
  /** Removing a file that is not there is fine. Throws the system's error. */
  remove(id: string, mediaType: string): void
  /** Undefined when the file is missing. */
  find(id: string, mediaType: string): { readonly path: string; readonly bytes: number } | undefined
  /** After a crash: removes half files and sets aside those that nothing lists. */
  tidy(listed: ReadonlySet<string>, now: number): void
}

/** `id` must be a media id and `mediaType` a known one; anything else is a programming error. */
export function openMediaFiles(directory: string): MediaFiles {
  ensurePrivateDirectory(directory)
  const pathOf = (id: string, mediaType: string) => {
    const extension = MEDIA_EXTENSIONS[mediaType]
    if (!isMediaId(id) || extension === undefined) throw new RangeError('Not a media file')
    return join(directory, `${id}.${extension}`)
  }
  return {
    write: (id, mediaType, bytes) => writeFileAtomic(pathOf(id, mediaType), bytes),
    remove(id, mediaType) {
      rmSync(pathOf(id, mediaType), { force: true })
      syncDirectory(directory)
    },
    find(id, mediaType) {
      const path = pathOf(id, mediaType)
      try {
        const file = lstatSync(path)
        return file.isFile() ? { path, bytes: file.size } : undefined
      } catch (error) {
        if (systemErrorCode(error) === undefined) throw error
        return undefined
      }
    },
    tidy(listed, now) {
      for (const name of readdirSync(directory)) {
        const path = join(directory, name)
        if (name.endsWith(TEMPORARY_SUFFIX)) rmSync(path, { force: true })
        else if (isMediaId(parse(name).name) && !listed.has(parse(name).name)) setAside(path, now)
      }
    },
  }
}

/** Whether a database's last user ended without closing it (a kill, a power cut). */
export function wasLeftOpen(databaseFile: string): boolean {
  return existsSync(`${databaseFile}-wal`)
}
