/**
 * The log: JSON lines in `<data>/logs/tallystick.log`, rotated by size so that it never fills a
 * disk. It holds no key, no token, no prompt and no reply: fields that could are replaced before
 * they are written. A log that cannot be written never stops the app.
 */

import * as fs from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { ensurePrivateDirectory, PRIVATE_FILE } from './files/atomic-file.ts'
import type { Log } from '#shared/ports/log.ts'
import { safeFields } from '#shared/ports/safe-fields.ts'

const LOG_FILE_BYTES = 2_000_000
/** The one being written and the older ones, named `.1`, `.2` …: in all 8 MB at most. */
export const LOG_FILES = 4

/** Opens the log of a data directory. Errors go under `error`: `log.error('…', { error })`. */
export function openLog(dataDirectory: string): Log {
  const file = path.join(dataDirectory, 'logs', 'tallystick.log')
  const logger = pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (level) => ({ level }) },
    },
    rotatingFile(file),
  )
  return {
    info: (message, fields = {}) => logger.info(safeFields(fields), message),
    warn: (message, fields = {}) => logger.warn(safeFields(fields), message),
    error: (message, fields = {}) => logger.error(safeFields(fields), message),
  }
}

/** Appends lines, moving the file aside when the next one would make it too large. */
export function rotatingFile(file: string, maximumBytes = LOG_FILE_BYTES) {
  let bytes = 0
  let descriptor: number | null = null

  function open(): number {
    ensurePrivateDirectory(path.dirname(file))
    const opened = fs.openSync(file, 'a', PRIVATE_FILE)
    bytes = fs.fstatSync(opened).size
    return opened
  }

  function rotate(opened: number): void {
    fs.closeSync(opened)
    descriptor = null
    for (let age = LOG_FILES - 1; age >= 1; age -= 1) {
      const from = age === 1 ? file : `${file}.${age - 1}`
      if (fs.existsSync(from)) fs.renameSync(from, `${file}.${age}`)
    }
  }

  return {
    write(line: string): void {
      const size = Buffer.byteLength(line)
      try {
        descriptor ??= open()
        if (bytes > 0 && bytes + size > maximumBytes) rotate(descriptor)
        descriptor ??= open()
        fs.writeSync(descriptor, line)
        bytes += size
      } catch {
        // A full disk or a removed folder: the next line tries again from the start.
        if (descriptor !== null) closeQuietly(descriptor)
        descriptor = null
      }
    },
  }
}

function closeQuietly(descriptor: number): void {
  try {
    fs.closeSync(descriptor)
  } catch {
    // It was closed already.
  }
}
