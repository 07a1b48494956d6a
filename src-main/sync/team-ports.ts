/** What a machine's tie to its team stands on, and what it offers. */

import type { Credits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { ElsewhereView, SyncView } from '#shared/host/team.ts'
import type { Issuer, RecordHead } from '#shared/journal/lease-facts.ts'
import type { HeardRun } from '#shared/policy/others.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Result } from '#shared/result.ts'
import type { BuyingNews } from '#shared/sync/messages.ts'
import type { TeamState } from '#shared/team/api.ts'
import type { Proof } from '#shared/team/keys.ts'
import type { Named } from '#shared/team/names.ts'
import type {
  MemberCallName,
  ServerCallInput,
  ServerCallOutput,
} from '#shared/team/server-calls.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { Connection } from './connection.ts'
import type { Machine } from './enrol.ts'
import type { SyncPorts } from './ports.ts'
import type { MachineTotal } from './records/replica/totals.ts'
import type { TeamFile } from './team-file.ts'
import type { TeamKey } from './team-key.ts'

/** What a connection is made of that the link has; the rest is its maker's. */
export type LinkPorts = Pick<
  SyncPorts,
  'authority' | 'session' | 'sessionRefused' | 'enrolAnew' | 'teamChanged' | 'buyingChanged'
> & {
  namesChanged(): void
  readonly key: TeamKey
  readonly issuer: Issuer
  readonly address: string
}

/** What this machine tells and hears of others, opened when there is a team or is to be one. */
export interface TeamRecords {
  /** The end of what it has to tell; follows the ledger at once. */
  head(): RecordHead
  /** Ledger time from which on it tells what it did: 0, or when it left a team last. */
  since(): number
  /** Ends the connection before, if there is one. */
  connect(ports: LinkPorts): Connection
  /** Whether the server has all of it. */
  isAllTold(): boolean
  /** Charged in records that the server does not have yet, by grant. */
  untold(): readonly Draw[]
  /** Runs of the others from a day on (UTC), as far as heard. */
  othersUsed(fromDay: number): Promise<readonly MachineTotal[]>
  /** Runs of the others that were held at `from` or later, as far as heard. */
  othersRuns(from: number): Promise<readonly HeardRun[]>
  /** The names that were given, by the keys of the account document. */
  names(): ReadonlyMap<string, string>
  /** Gives a name, for good; the server is told when it can be. */
  rename(key: string, value: string): Promise<Result<null>>
  /** Lets go of what others told. */
  forget(): void
}

/** The records of a workspace: opened when first asked for, closed with it. */
export interface TeamRecordsKeeper {
  open(): Promise<Result<TeamRecords>>
  /** The ledger must still be open. */
  close(): Promise<void>
}

export interface TeamLinkDeps {
  readonly directory: string
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly machine: Machine
  readonly log: Log
  readonly records: TeamRecordsKeeper
  /** What may be spent, or by whose leave, changed. */
  balanceChanged(): void
  syncChanged(): void
  teamChanged(): void
  /** Names of the team are others. */
  namesChanged(): void
  buyingChanged(news: BuyingNews): void
}

/** What is asked for when joining. */
export type Joining = Omit<TeamFile['enrolment'], 'handover'>

/** The calls that answer with the team. */
export type TeamAnswered = Extract<
  MemberCallName,
  | 'team.read'
  | 'invite.revoke'
  | 'member.setRole'
  | 'member.remove'
  | 'device.revoke'
  | 'device.lost'
>

export interface TeamLink {
  /** Null where there is no team, and none is being joined. */
  file(): TeamFile | null
  /** Asked for and not come about yet: the account is not the app's to change. */
  isJoining(): boolean
  /** Begins to join; succeeds when the ledger has its new issuer, or as `join` says. */
  join(address: string, asked: Joining): Promise<Result<null>>
  /** Calls the server in this machine's name. */
  call<Name extends MemberCallName>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<Result<ServerCallOutput<Name>>>
  /**
   * Calls what answers with the team as it is then, and keeps it; an answer to what was asked
   * earlier than another that was answered is out of date, and is not kept.
   */
  ask<Name extends TeamAnswered>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<Result<TeamState>>
  /** Proves another key than this machine’s own for a call; `sign` gives base64url. */
  proveAs(
    key: { readonly publicKey: string; sign(text: string): string },
    call: string,
  ): Promise<Result<Proof>>
  /** The key by which the server knows this machine; null while there is no team. */
  key(): TeamKey | null
  /** The names that were given since the team and its machines came, by the keys of `nameKey`. */
  names(): ReadonlyMap<string, string>
  /**
   * Gives a name, with or without the network. Fails with `not_allowed`, `name_unknown` or `no_team`.
   */
  rename(named: Named, name: string): Promise<Result<null>>
  /** Gives everything back and goes on alone by the server's leave. */
  leave(): Promise<Result<null>>
  /**
   * Goes on alone without asking, with the account it had before; its part of the pool stays with
   * the team. Ends joining too, where that has not come about.
   */
  leaveBehind(): Result<null>
  /** A run lacks credits: asks for more. */
  need(amount: Credits, operation: string): void
  elsewhere(): ElsewhereView | null
  sync(): SyncView
  /** Charged here and not told the server yet. */
  spentOffline(): Credits
  /** Runs of the others from a day on (UTC), as far as heard. */
  othersUsed(fromDay: number): Promise<readonly MachineTotal[]>
  /** Runs of the others that were held at `from` or later, as far as heard. */
  othersRuns(from: number): Promise<readonly HeardRun[]>
  /** Ledger time from which on this machine's runs are told as its own. */
  since(): number
  /** Tries to reach the server now. */
  retry(): void
  close(): Promise<void>
}
