/** Assembles a server from its settings: the store, what runs on it, and the doors. */

import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Log } from '#shared/ports/log.ts'
import { type Result, success } from '#shared/result.ts'
import { MAX_FRAME_TO_SERVER } from '#shared/sync/protocol.ts'
import { createEarningIntake, watchRefunds } from './earnings/intake.ts'
import { createEarningPayer } from './earnings/payer.ts'
import { createDelivery } from './alerts/deliver.ts'
import { createPost } from './alerts/post.ts'
import { watchAlerts } from './alerts/watch.ts'
import { createWebhooks, type Webhooks } from './alerts/webhooks.ts'
import type { Authority } from './authority/authority.ts'
import { createCaretaker } from './authority/caretaker.ts'
import { createIssuer, type StoreIssuer } from './authority/issuer.ts'
import type { ServerCatalogs } from './authority/catalogs.ts'
import { createLeaseMetrics, measureAccounts } from './authority/lease-metrics.ts'
import { openAuthority } from './authority/open.ts'
import { openServerKey, serverKeyFrom } from './authority/server-key.ts'
import { type Config, ownAddresses } from './config.ts'
import { DEFAULT_RATES, type Door, openDoor } from './http/door.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { type Metrics, noMetrics } from './ports/metrics.ts'
import { createPrometheus, type Prometheus } from './ports/prometheus.ts'
import { systemChance, systemClock, systemIds, systemTimers } from './ports/system.ts'
import type { Database } from './store/database.ts'
import { openDatabase } from './store/open.ts'
import { openSales, type StripeChoice } from './sales/sales.ts'
import { createDocumentStore } from './sync/documents.ts'
import { createSyncDoor, SYNC_RATE } from './sync/door.ts'
import { createRecordStore } from './sync/records.ts'
import { createPresence } from './teams/presence.ts'
import { sharedSecret } from './teams/secret.ts'
import { createTeams } from './teams/service.ts'

/** What the server and the admin's commands share. */
export interface Core {
  readonly database: Database
  readonly catalogs: ServerCatalogs
  readonly authority: Authority
  /** Writes into accounts on behalf of payments. */
  readonly issuer: StoreIssuer
  readonly webhooks: Webhooks
  /** Shared by all processes on the store. */
  readonly secret: Uint8Array
  close(): Promise<void>
}

/**
 * Opens the store and the services on it. Throws the store's errors, or what is wrong with the key.
 */
export async function openCore(
  config: Config,
  log: Log,
  metrics: Metrics = noMetrics,
): Promise<Core> {
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
  const file = path.join(config.dataDirectory, 'tallystick.sqlite')
  const database = await openDatabase(config.database ?? file, log)
  try {
    const key = config.signingKey
      ? serverKeyFrom(config.signingKey)
      : openServerKey(path.join(config.dataDirectory, 'signing-key.pem'))
    const clock = systemClock
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const watchers = [watchAlerts, watchRefunds, createLeaseMetrics(metrics)]
    const opened = await openAuthority({ database, clock, key, timeZone, watchers })
    const { accounts, authority, catalogs } = opened
    const secret = await sharedSecret(database, systemChance)
    const mayBePrivate = config.webhooks === 'private'
    return {
      database,
      catalogs,
      authority,
      issuer: createIssuer(database, accounts),
      webhooks: createWebhooks({ accounts, secret, mayBePrivate, clock }),
      secret,
      async close() {
        catalogs.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

export interface Server {
  readonly address: string
  close(): Promise<void>
}

export interface ServerSurroundings {
  /** The file of the catalog that a new store begins with. */
  readonly catalog: string
  /** Reaches Stripe; absent: its own address, over the network. */
  readonly fetch?: typeof globalThis.fetch
}

/** Starts a server. Fails with what is wrong with its catalog; throws as `openCore` and the door do. */
export async function startServer(
  config: Config,
  surroundings: ServerSurroundings,
  log: Log,
): Promise<Result<Server>> {
  const metrics = createPrometheus()
  const core = await openCore(config, log, metrics)
  try {
    const begun = await beginCatalogs(core, config.catalog ?? surroundings.catalog)
    const stripe = stripeOf(config, surroundings)
    const opened = begun.ok ? await openDoors(core, config, stripe, log, metrics) : begun
    if (!opened.ok) await core.close()
    return opened
  } catch (error) {
    await core.close()
    throw error
  }
}

/** A store without any catalog gets its first; later ones are published by command. */
async function beginCatalogs({ catalogs }: Core, file: string): Promise<Result<null>> {
  if ((await catalogs.list()).length > 0) return success(null)
  return catalogs.publish(JSON.parse(readFileSync(file, 'utf8')), 0)
}

async function openDoors(
  core: Core,
  config: Config,
  stripe: StripeChoice | null,
  log: Log,
  metrics: Prometheus,
): Promise<Result<Server>> {
  const { database, authority, catalogs, issuer, webhooks, secret } = core
  const ground = { clock: systemClock, timers: systemTimers, log, metrics }
  measureAccounts(metrics, core.database)
  let address = ''
  const opened = await openSales({
    ...ground,
    ...{ database, authority, issuer, secret },
    ids: systemIds,
    chance: systemChance,
    stripe,
    address: () => config.addresses[0] ?? address,
  })
  if (!opened.ok) return opened
  const sales = opened.data
  const teams = createTeams({
    database,
    authority,
    webhooks,
    clock: systemClock,
    ids: systemIds,
    chance: systemChance,
    secret,
    isOwnAddress: ownAddresses(config),
  })
  const sync = createSyncDoor({
    ...ground,
    database,
    authority,
    earnings: createEarningIntake({ authority, catalogs, metrics: ground.metrics }),
    records: createRecordStore(),
    documents: createDocumentStore(database),
    rate: createRateLimit(SYNC_RATE, systemClock),
    ticketForCopy: teams.ticketForCopy,
    poolChanged: sales.poolChanged,
  })
  const door: Door = await openDoor({
    ...ground,
    database,
    teams,
    sales,
    presence: createPresence(database, systemClock),
    settings: {
      ...DEFAULT_RATES,
      host: config.host,
      port: config.port,
      trustedProxies: config.proxies,
      metricsToken: config.metricsToken ?? null,
    },
    onConnection: sync.onConnection,
    maximumMessageBytes: MAX_FRAME_TO_SERVER,
  })
  address = door.address
  const caretaker = createCaretaker({ database, authority, ...ground })
  const post = createPost({ mayBePrivate: config.webhooks === 'private', timers: systemTimers })
  const delivery = createDelivery({ ...ground, database, secret, post, chance: systemChance })
  const payer = createEarningPayer({ ...ground, database, authority })
  return success({
    address,
    async close() {
      sync.close()
      await door.close()
      await sales.close()
      await caretaker.close()
      await delivery.close()
      await payer.close()
      await core.close()
    },
  })
}

function stripeOf(config: Config, { fetch }: ServerSurroundings): StripeChoice | null {
  const { stripeSecretKey: secretKey, stripeWebhookSecret: webhookSecret, stripeTax } = config
  if (secretKey === undefined || webhookSecret === undefined) return null
  return { secretKey, webhookSecret, automaticTax: stripeTax, ...(fetch ? { fetch } : {}) }
}
