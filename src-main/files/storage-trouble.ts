/** Which trouble storage is in, by the error that SQLite or the file system raised. */

import { systemErrorCode } from './atomic-file.ts'

export type StorageTrouble = 'disk-full' | 'not-writable' | 'in-use' | 'unreadable' | 'damaged'

/** By SQLite's primary result code. */
const SQLITE_TROUBLES: Readonly<Record<number, StorageTrouble>> = {
  3: 'not-writable', // PERM
  5: 'in-use', // BUSY
  8: 'not-writable', // READONLY
  10: 'unreadable', // IOERR
  11: 'damaged', // CORRUPT
  13: 'disk-full', // FULL
  14: 'not-writable', // CANTOPEN
  26: 'damaged', // NOTADB
}

const SYSTEM_TROUBLES: Readonly<Record<string, StorageTrouble>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'not-writable',
  EPERM: 'not-writable',
  EROFS: 'not-writable',
}

/** Null for any other error, which is a mistake in the program and should be thrown. */
export function storageTrouble(error: unknown): StorageTrouble | null {
  const code = systemErrorCode(error)
  if (code === 'ERR_SQLITE_ERROR') {
    const { errcode = 0 } = error as { readonly errcode?: number }
    return SQLITE_TROUBLES[errcode & 0xff] ?? null
  }
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return null
  return SYSTEM_TROUBLES[code] ?? 'unreadable'
}

/** Whether an error code of the system says that the disk is full. */
export const isDiskFull = (code: string) => SYSTEM_TROUBLES[code] === 'disk-full'
