/** Servers over real HTTP, on one store, and machines that speak to them. */

import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Log } from '#shared/ports/log.ts'
import type { Result } from '#shared/result.ts'
import type { Enrolment, Session } from '#shared/team/api.ts'
import type {
  ServerCallInput,
  ServerCallName,
  ServerCallOutput,
} from '#shared/team/server-calls.ts'
import type { Role } from '#shared/team/members.ts'
import { type Proof, proofText } from '#shared/team/keys.ts'
import { createIssuer } from '../../src-server/authority/issuer.ts'
import { createDelivery, type Delivery } from '../../src-server/alerts/deliver.ts'
import { createPost } from '../../src-server/alerts/post.ts'
import {
  createEarningIntake,
  type EarningIntake,
  watchRefunds,
} from '../../src-server/earnings/intake.ts'
import { createEarningPayer, type EarningPayer } from '../../src-server/earnings/payer.ts'
import { watchAlerts } from '../../src-server/alerts/watch.ts'
import { createWebhooks } from '../../src-server/alerts/webhooks.ts'
import type { Authority } from '../../src-server/authority/authority.ts'
import type { ServerCatalogs } from '../../src-server/authority/catalogs.ts'
import { createLeaseMetrics, measureAccounts } from '../../src-server/authority/lease-metrics.ts'
import { openAuthority } from '../../src-server/authority/open.ts'
import { newServerKey, serverKeyFrom } from '../../src-server/authority/server-key.ts'
import { ownAddresses } from '../../src-server/config.ts'
import { type Door, type DoorSettings, openDoor } from '../../src-server/http/door.ts'
import type { OnConnection } from '../../src-server/http/sockets.ts'
import { createPrometheus } from '../../src-server/ports/prometheus.ts'
import { systemChance, systemIds, systemTimers } from '../../src-server/ports/system.ts'
import { openSales, type Sales, type StripeChoice } from '../../src-server/sales/sales.ts'
import type { Database } from '../../src-server/store/database.ts'
import { openDatabase } from '../../src-server/store/open.ts'
import { createPresence } from '../../src-server/teams/presence.ts'
import { sharedSecret } from '../../src-server/teams/secret.ts'
import { createTeams } from '../../src-server/teams/service.ts'
import { unwrap } from './ledger.ts'
import { createManualTime, type ManualTime } from './manual-time.ts'
import { silentLog } from './silent-log.ts'

const CATALOG = new URL('../../resources/catalogs/default.json', import.meta.url)
const KEY = newServerKey()

/** One server process, as far as its store is concerned. */
export interface TestServer {
  readonly address: string
  readonly time: ManualTime
  readonly database: Database
  readonly authority: Authority
  readonly catalogs: ServerCatalogs
  readonly sales: Sales
  readonly delivery: Delivery
  readonly earnings: EarningIntake
  readonly payer: EarningPayer
  metric(name: string): Promise<number>
  close(): Promise<void>
}

export interface TestServerOptions {
  readonly time?: ManualTime
  readonly log?: Log
  readonly settings?: Partial<DoorSettings>
  readonly onConnection?: OnConnection
  /** Absent: the sandbox sells. */
  readonly stripe?: StripeChoice
  /** Whether webhooks may go to this machine. */
  readonly mayBePrivate?: boolean
}

const GENEROUS = { burst: 1_000_000, perSecond: 1_000_000 }

export async function startTestServer(
  place: string,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const { time = createManualTime(), log = silentLog } = options
  const database = await openDatabase(place, log)
  const metrics = createPrometheus()
  measureAccounts(metrics, database)
  const { accounts, authority, catalogs } = await openAuthority({
    database,
    clock: time,
    key: serverKeyFrom(KEY),
    timeZone: 'UTC',
    watchers: [watchAlerts, watchRefunds, createLeaseMetrics(metrics)],
  })
  if ((await catalogs.list()).length === 0) {
    await catalogs.publish(JSON.parse(readFileSync(CATALOG, 'utf8')), 0)
  }
  const secret = await sharedSecret(database, systemChance)
  const { mayBePrivate = true } = options
  let address = ''
  const sales = unwrap(
    await openSales({
      ...{ database, authority, secret, log },
      ...{ clock: time, timers: time, ids: systemIds, chance: systemChance },
      issuer: createIssuer(database, accounts),
      stripe: options.stripe ?? null,
      address: () => address,
    }),
  )
  const teams = createTeams({
    database,
    authority,
    webhooks: createWebhooks({ accounts, secret, mayBePrivate, clock: time }),
    clock: time,
    ids: systemIds,
    chance: systemChance,
    secret,
    isOwnAddress: ownAddresses({ addresses: [] }),
  })
  const door: Door = await openDoor({
    settings: {
      host: '127.0.0.1',
      port: 0,
      trustedProxies: [],
      metricsToken: null,
      perAddress: GENEROUS,
      perDevice: GENEROUS,
      ...options.settings,
    },
    database,
    teams,
    sales,
    presence: createPresence(database, time),
    onConnection: options.onConnection ?? (() => {}),
    maximumMessageBytes: 1_000_000,
    clock: time,
    timers: time,
    log,
    metrics,
  })
  address = door.address
  const payer = createEarningPayer({ database, authority, timers: time, log, metrics })
  const delivery = createDelivery({
    database,
    secret,
    post: createPost({ mayBePrivate, timers: systemTimers }),
    clock: time,
    timers: time,
    chance: systemChance,
    log,
    metrics,
  })
  return {
    address,
    delivery,
    earnings: createEarningIntake({ authority, catalogs, metrics }),
    payer,
    time,
    database,
    authority,
    catalogs,
    sales,
    async metric(name) {
      const line = (await metrics.text()).split('\n').find((one) => one.startsWith(`${name} `))
      return Number(line?.slice(name.length + 1) ?? 0)
    },
    async close() {
      await door.close()
      await sales.close()
      await delivery.close()
      await payer.close()
      catalogs.close()
      await database.close()
    },
  }
}

export interface Answer<T> {
  readonly status: number
  readonly result: Result<T>
}

/** Asks a server as any program could. */
export async function post(
  address: string,
  name: string,
  body: unknown,
  token: string | null = null,
): Promise<Answer<never>> {
  const response = await fetch(`${address}/v1/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, result: (await response.json()) as Result<never> }
}

/** A machine with a key of its own. */
export interface TestMachine {
  readonly key: KeyObject
  readonly publicKey: string
  readonly enrolment: Enrolment
  call<Name extends ServerCallName>(
    name: Name,
    input: ServerCallInput<Name>,
    server?: string,
  ): Promise<Answer<ServerCallOutput<Name>>>
  /** A call that must work. */
  must<Name extends ServerCallName>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<ServerCallOutput<Name>>
}

export function newKey(): { readonly key: KeyObject; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { key: privateKey, publicKey: publicKey.export({ format: 'jwk' }).x! }
}

export function signProof(call: string, key: KeyObject, unsigned: Omit<Proof, 'signature'>): Proof {
  const signature = sign(null, Buffer.from(proofText(call, unsigned)), key).toString('base64url')
  return { ...unsigned, signature }
}

/** Takes a fresh challenge and signs it. */
export async function prove(
  address: string,
  call: string,
  { key, publicKey }: { readonly key: KeyObject; readonly publicKey: string },
): Promise<Proof> {
  const { result } = await post(address, 'challenge', { publicKey })
  if (!result.ok) throw new Error(result.error.message)
  const { challenge } = result.data as { challenge: string }
  return signProof(call, key, { publicKey, challenge, address })
}

export const aMachine = { name: 'Laptop', platform: 'linux', appVersion: '1.0.0' }

function machineAt(
  address: string,
  keys: { readonly key: KeyObject; readonly publicKey: string },
  enrolment: Enrolment,
): TestMachine {
  const call: TestMachine['call'] = (name, input, server = address) =>
    post(server, name, input, enrolment.session.token)
  return {
    ...keys,
    enrolment,
    call,
    async must(name, input) {
      const { result } = await call(name, input)
      if (!result.ok) throw new Error(`${name}: ${result.error.code}`)
      return result.data
    },
  }
}

/** A new team; its owner's machine. */
export async function createTeam(address: string, memberName = 'Ada'): Promise<TestMachine> {
  const keys = newKey()
  const { result } = await post(address, 'team.create', {
    enrolmentId: randomUUID(),
    proof: await prove(address, 'team.create', keys),
    teamName: 'Analytical Engines',
    memberName,
    machine: aMachine,
    handover: null,
  })
  if (!result.ok) throw new Error((result as { error: { code: string } }).error.code)
  return machineAt(address, keys, result.data)
}

export async function joinWith(
  address: string,
  code: string,
  memberName = 'Grace',
): Promise<Answer<Enrolment> & { readonly machine: TestMachine | null }> {
  const keys = newKey()
  const answer = await post(address, 'team.join', {
    enrolmentId: randomUUID(),
    proof: await prove(address, 'team.join', keys),
    code,
    memberName,
    machine: { ...aMachine, name: `${memberName}’s laptop` },
    handover: null,
  })
  const { result } = answer as Answer<Enrolment>
  return { ...answer, machine: result.ok ? machineAt(address, keys, result.data) : null }
}

/** Invites somebody, who joins; their machine. */
export async function invite(
  address: string,
  host: TestMachine,
  role: Role,
  memberName: string = role,
): Promise<TestMachine> {
  const { code } = await host.must('invite.create', {
    inviteId: randomUUID(),
    for: { kind: 'person', role },
    days: 7,
    maximumUses: 1,
  })
  const { machine, result } = await joinWith(address, code, memberName)
  if (!machine) throw new Error(result.ok ? '' : result.error.code)
  return machine
}

/** Another machine of the same person. */
export async function addMachine(address: string, host: TestMachine): Promise<TestMachine> {
  const { code } = await host.must('invite.create', {
    inviteId: randomUUID(),
    for: { kind: 'machine' },
    days: 1,
    maximumUses: 1,
  })
  const { machine, result } = await joinWith(address, code)
  if (!machine) throw new Error(result.ok ? '' : result.error.code)
  return machine
}

export async function openSession(
  address: string,
  machine: TestMachine,
): Promise<Answer<Session & { readonly standing: string }>> {
  const { accountId, deviceId } = machine.enrolment.issuer
  return post(address, 'session.open', {
    accountId,
    deviceId,
    proof: await prove(address, 'session.open', machine),
    appVersion: '1.0.1',
  })
}
