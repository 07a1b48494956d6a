/** The HTTP door: every call of the contract, health, metrics, and the way to the WebSocket. */

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { failure, type Result } from '#shared/result.ts'
import { MAX_BODY_BYTES, MAX_HANDOVER_BYTES } from '#shared/team/api.ts'
import { MAX_REPORT_BYTES } from '#shared/team/buying.ts'
import { type ServerCallName, serverCalls } from '#shared/team/server-calls.ts'
import type { Sales } from '../sales/sales.ts'
import type { Prometheus } from '../ports/prometheus.ts'
import type { Database } from '../store/database.ts'
import type { Presence } from '../teams/presence.ts'
import type { Teams } from '../teams/service.ts'
import { createAnswerer, internalError, isOpen, statusOf, tooManyRequests } from './calls.ts'
import { watchConnections } from './connections.ts'
import { bearerToken } from './headers.ts'
import { joinPage } from './join-page.ts'
import { metricsAllowed } from './metrics-access.ts'
import { addPaymentRoutes } from './payment-routes.ts'
import { addressGroup, createRateLimit, type Rate } from './rate-limit.ts'
import { createSockets, type OnConnection } from './sockets.ts'

export interface DoorSettings {
  /** The address and port to listen on; port 0 for any free one. */
  readonly host: string
  readonly port: number
  /** Proxies trusted to report a caller's address; none by default. */
  readonly trustedProxies: readonly string[]
  /** Lets a collector elsewhere read the metrics; null: only from this machine. */
  readonly metricsToken: string | null
  readonly perAddress: Rate
  readonly perDevice: Rate
}

export const DEFAULT_RATES = {
  perAddress: { burst: 200, perSecond: 20 },
  perDevice: { burst: 60, perSecond: 10 },
} as const satisfies Pick<DoorSettings, 'perAddress' | 'perDevice'>

export interface DoorDeps {
  readonly settings: DoorSettings
  readonly database: Database
  readonly teams: Teams
  readonly sales: Sales
  readonly presence: Presence
  readonly onConnection: OnConnection
  readonly maximumMessageBytes: number
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Prometheus
}

export interface Door {
  readonly address: string
  /** Stops accepting requests, finishes those in progress, closes connections. */
  close(): Promise<void>
}

/** Calls that are proved by a signature cost the server more than the rest. */
const OPEN_CALL_COST = 5
/** How long a connection may take to say goodbye. */
const SOCKET_GRACE_MS = 3_000
/** How long an answer in progress may take. */
const REQUEST_GRACE_MS = 10_000
/** A body must have arrived by then. */
const REQUEST_TIMEOUT_MS = 30_000

/** Opens the door. Throws when it cannot listen there. */
export async function openDoor(deps: DoorDeps): Promise<Door> {
  const { settings, clock, metrics, log } = deps
  const addresses = createRateLimit(settings.perAddress, clock)
  const devices = createRateLimit(settings.perDevice, clock)
  const answer = createAnswerer({ teams: deps.teams, buying: deps.sales.handlers, log, devices })
  const sockets = createSockets({ ...deps, sessions: deps.teams.sessions, addresses, devices })
  const requests = metrics.counter('requests_total', 'Calls by what came of them', ['call', 'code'])
  const seconds = metrics.histogram('request_seconds', 'How long calls took', ['call'])
  let closing = false

  const app = Fastify({
    logger: false,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100 },
  })

  /** Every answer of a call leaves here: counted, logged, with its status. */
  function send(
    request: FastifyRequest,
    reply: FastifyReply,
    result: Result<unknown>,
    deviceId: string | null,
  ): FastifyReply {
    const call = callOf(request)
    const code = result.ok ? 'ok' : result.error.code
    const status = result.ok ? 200 : statusOf(result.error)
    requests.add(1, { call, code })
    seconds.observe(reply.elapsedTime / 1_000, { call })
    const ms = Math.round(reply.elapsedTime)
    log.info('Call', { call, code, status, ms, ...(deviceId === null ? {} : { deviceId }) })
    const retry = result.ok ? undefined : result.error.details?.['retryAfterMs']
    if (typeof retry === 'number') void reply.header('retry-after', Math.ceil(retry / 1_000))
    return reply.code(status).send(result)
  }

  const connections = watchConnections(app.server, deps.timers)
  metrics.gauge('requests_open', 'Requests being answered', () => connections.busy)
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS)
    if (closing) {
      void reply.header('connection', 'close')
      return send(request, reply, closingNow(), null)
    }
    if (!request.url.startsWith('/v1/')) return
    const cost = isOpenCall(request) ? OPEN_CALL_COST : 1
    const wait = addresses.take(addressGroup(request.ip), cost)
    if (wait > 0) return send(request, reply, tooManyRequests(wait), null)
  })
  app.setErrorHandler((error, request, reply) => send(request, reply, refusal(error, log), null))
  app.setNotFoundHandler((request, reply) => send(request, reply, unknownCall(), null))

  addCalls(app, async (name, request, reply) => {
    const { body, headers } = request
    const { result, deviceId } = await answer({ name, token: bearerToken(headers), body })
    return send(request, reply, result, deviceId)
  })
  addPages(app, deps)
  addPaymentRoutes(app, { sales: deps.sales, addresses, metrics, clock, log })
  app.server.on('upgrade', sockets.upgrade)

  await app.listen({ host: settings.host, port: settings.port })
  return {
    address: addressOf(app, settings.host),
    async close() {
      closing = true
      const closed = Promise.all([sockets.close(SOCKET_GRACE_MS), app.close()])
      connections.end(REQUEST_GRACE_MS)
      await closed
    },
  }
}

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

function addCalls(
  app: FastifyInstance,
  answer: (
    name: ServerCallName,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<FastifyReply>,
): void {
  for (const name of Object.keys(serverCalls) as ServerCallName[]) {
    const bodyLimit = LARGER[name] ?? MAX_BODY_BYTES
    app.post(`/v1/${name}`, { bodyLimit }, (request, reply) => answer(name, request, reply))
  }
}

/** Calls that may carry larger bodies. */
const LARGER: Partial<Record<ServerCallName, number>> = {
  'team.create': MAX_HANDOVER_BYTES,
  'team.join': MAX_HANDOVER_BYTES,
  'charge.report': MAX_REPORT_BYTES,
}

function addPages(app: FastifyInstance, { settings, database, metrics }: DoorDeps): void {
  app.get('/healthz', async (_request, reply) => {
    const healthy = await database.query('SELECT 1 AS one').then(
      () => true,
      () => false,
    )
    return reply.code(healthy ? 200 : 503).send({ ok: healthy })
  })
  app.get('/metrics', async (request, reply) => {
    if (!metricsAllowed(request.raw, settings.metricsToken)) {
      return reply
        .code(403)
        .send(
          failure(
            'not_allowed',
            'Read the metrics from this machine, or with the server’s metrics token.',
          ),
        )
    }
    return reply.type(metrics.contentType).send(await metrics.text())
  })
  app.get('/join', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(joinPage),
  )
}

/** Its name if there is such a call: a metric's label is never the caller's own text. */
function callOf(request: FastifyRequest): string {
  const name = /^\/v1\/([\w.]+)$/.exec(request.url.split('?')[0] ?? '')?.[1] ?? ''
  return Object.hasOwn(serverCalls, name) ? name : 'unknown'
}

function isOpenCall(request: FastifyRequest): boolean {
  const call = callOf(request)
  return call !== 'unknown' && isOpen(call as ServerCallName)
}

function unknownCall() {
  return failure('unknown_call', 'There is no such call. The server may be older than the app.')
}

function closingNow() {
  return failure('server_closing', 'The server is closing. Try again in a moment.')
}

/** Errors of the framework before a call was handled. */
function refusal(error: unknown, log: Log): Result<never> {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  if (status === 413)
    return failure('too_large', 'That is more than the server accepts at once. Send less.')
  if (typeof status === 'number' && status < 500) {
    return failure('invalid_input', 'The server accepts one JSON value, as application/json.')
  }
  return internalError(log, 'request', error)
}

function addressOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
