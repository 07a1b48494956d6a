/** The events the host sends to the window. */

import type { LabelEdit } from '../usage/labels.ts'
import type { SyncView, TeamView } from './team.ts'
import type { PurchaseView } from './purchase.ts'
import type { LedgerStatus } from './ledger.ts'
import type { BalanceView, NoticeView, ProviderView, RunView, SettingsView } from './views.ts'

export type HostEvent =
  | { readonly type: 'balance'; readonly balance: BalanceView }
  /** A piece of a running reply: append `text` if `sequence` follows the last one, else attach. */
  | {
      readonly type: 'run.delta'
      readonly operationId: string
      readonly sequence: number
      readonly text: string
      readonly chargedSoFar: RunView['chargedSoFar']
    }
  /** Any other change of a run: phase, creations, ending. */
  | { readonly type: 'run'; readonly run: RunView }
  | { readonly type: 'thread'; readonly threadId: string }
  | { readonly type: 'threads' }
  | { readonly type: 'library' }
  | { readonly type: 'recipes' }
  /** A usage row was added or changed. */
  | { readonly type: 'usage'; readonly operationId: string }
  /** Operations were given another subject or note. */
  | {
      readonly type: 'labels'
      readonly operationIds: readonly string[]
      readonly edit: LabelEdit
    }
  /** Another catalog came into force, was published for later, or was refused. */
  | { readonly type: 'catalog'; readonly version: string }
  | { readonly type: 'providers'; readonly providers: readonly ProviderView[] }
  | { readonly type: 'settings'; readonly settings: SettingsView }
  /** The open ledger stopped taking entries, or takes them again. */
  | { readonly type: 'ledger'; readonly status: LedgerStatus }
  | { readonly type: 'notice'; readonly notice: NoticeView }
  /** A notice no longer applies: what it was about is over. */
  | { readonly type: 'notice.gone'; readonly noticeId: string }
  /** A purchase went on; null where the card or auto-refill changed. */
  | { readonly type: 'purchase'; readonly purchase: PurchaseView | null }
  /** What was reported, or the answer to it. */
  | { readonly type: 'charge.report'; readonly reportId: string }
  /** Caps, entitlements or alerts in force changed. */
  | { readonly type: 'policies' }
  | { readonly type: 'online'; readonly online: boolean }
  | { readonly type: 'sync'; readonly sync: SyncView }
  /** The team was joined or left, or something of it changed. */
  | { readonly type: 'team'; readonly team: TeamView | null }
