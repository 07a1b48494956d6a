/** Servers over real HTTP, on one store. */

import { readFileSync } from 'node:fs'
import type { Log } from '#shared/ports/log.ts'
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
