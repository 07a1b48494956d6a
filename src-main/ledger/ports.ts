import type { Clock, Timers } from '#shared/ports/time.ts'
import type { HeadSigner } from './device-key.ts'

/** What the ledger needs of the world. */
export interface LedgerPorts {
  readonly clock: Clock
  readonly timers: Timers
  /** The IANA name of the account's time zone; days of the usage history are local days. */
  readonly timeZone: string
  /** The entry point of the reader's worker: `reader-worker.ts`, or its bundle. */
  readonly readerUrl: URL
  /** Signs backups; null where the device key cannot be kept. */
  readonly signer: HeadSigner | null
}
