/** The state of the ledger's file, as the window shows it. Times are epoch milliseconds. */

import type { HostError } from '../result.ts'

export interface BackupView {
  readonly at: number
  readonly file: string
  readonly bytes: number
  readonly entries: number
}

export type LedgerStatus =
  | { readonly state: 'ok'; readonly entries: number; readonly head: string }
  /** Open, but at present it takes no entries: the disk is full, its file is gone. */
  | {
      readonly state: 'failing'
      readonly error: HostError
      readonly entries: number
      readonly head: string
    }
  | {
      readonly state: 'unavailable'
      readonly error: HostError
      readonly remedies: readonly ('retry' | 'restore' | 'quarantine')[]
    }

export interface LedgerView {
  readonly status: LedgerStatus
  readonly directory: string
  readonly lastBackup: BackupView | null
  readonly backups: readonly BackupView[]
}

export interface VerificationView {
  readonly entries: number
  readonly problems: readonly { readonly sequence: number | null; readonly message: string }[]
}
