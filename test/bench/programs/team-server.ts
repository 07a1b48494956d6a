/**
 * A server that sells by Stripe, with nobody behind it, and beside it bare sockets of the same kind:
 * `team-server <data folder> <catalog> <secret of the webhooks>`. Prints where both are.
 */

import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type WebSocket, WebSocketServer } from 'ws'
import { startServer } from '../../../src-server/assemble.ts'
import { readConfig } from '../../../src-server/config.ts'
import { unwrap } from '../../support/ledger.ts'
import { silentLog } from '../../support/silent-log.ts'

/** What the process prints, as JSON. */
export interface Places {
  readonly server: string
  readonly bare: string
}

const [data = '', catalog = '', webhookSecret = ''] = process.argv.slice(2)
mkdirSync(data, { recursive: true })
const config = readConfig({
  environment: {
    TALLYSTICK_SERVER_PORT: '0',
    TALLYSTICK_SERVER_DATA: data,
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRET: webhookSecret,
  },
  platform: process.platform,
  home: data,
  file: null,
})
const files = { catalog, fetch: stripe }
const server = unwrap(await startServer(unwrap(config), files, silentLog))
const bare = await openBare(join(data, 'bare.sqlite'))
process.on('SIGTERM', () => {
  void server.close().then(() => process.exit(0))
})
console.log(JSON.stringify({ server: server.address, bare } satisfies Places))

/** Customers and pages are there; what is looked for is as it was begun. */
async function stripe(input: string | URL | Request): Promise<Response> {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  const isCustomer = pathname.startsWith('/v1/customers')
  const isList = pathname.endsWith('/payment_methods')
  const page = {
    ...{ id: 'cs_1', object: 'checkout.session', status: 'open', payment_status: 'unpaid' },
    url: 'https://checkout.stripe.com/c/pay/cs_1',
    expires_at: Math.floor(Date.now() / 1_000) + 80_000,
  }
  const customer = isList ? { object: 'list', data: [] } : { id: 'cus_1', object: 'customer' }
  return Response.json(isCustomer ? customer : page)
}

/**
 * A post that is answered once a message went to the socket and came back; `/kept`: what was posted
 * is durable first, as SQLite makes it.
 */
async function openBare(file: string): Promise<string> {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE post (body TEXT)')
  const keep = db.prepare('INSERT INTO post (body) VALUES (?)')
  let socket: WebSocket | null = null
  const http = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => (body += text))
    request.on('end', () => {
      if (request.url === '/kept') keep.run(body)
      socket?.once('message', () => response.end('{"ok":true}'))
      socket?.send(body)
    })
  })
  new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (opened) => {
    socket = opened
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}
