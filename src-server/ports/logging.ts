/** The server's log: JSON lines on standard output, for whatever collects them there. No secrets. */

import { type DestinationStream, pino } from 'pino'
import type { Log } from '#shared/ports/log.ts'
import { safeFields } from '#shared/ports/safe-fields.ts'

/** `destination` absent: standard output. */
export function createLog(destination?: DestinationStream): Log {
  const options = {
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (level: string) => ({ level }) },
  }
  const logger = destination ? pino(options, destination) : pino(options)
  return {
    info: (message, fields = {}) => logger.info(safeFields(fields), message),
    warn: (message, fields = {}) => logger.warn(safeFields(fields), message),
    error: (message, fields = {}) => logger.error(safeFields(fields), message),
  }
}
