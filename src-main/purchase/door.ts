/**
 * Serves the sandbox's pages while the app stands alone: on this machine only, on a port the system
 * chooses, under an unguessable address. Opened with the first page, closed with the app.
 */

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from '../ports/http.ts'
import type { Log } from '#shared/ports/log.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type createSandboxSite, MAX_FORM_BYTES } from '../../src-server/payments/sandbox/site.ts'

const LOOPBACK = '127.0.0.1'
/** A page is a few kilobytes; whoever takes longer is not a browser on this machine. */
const REQUEST_TIMEOUT_MS = 10_000
const MOST_CONNECTIONS = 50

export interface CheckoutDoor {
  /** Where pages are, without a slash at the end. Fails with `port_unavailable`. */
  address(): Promise<Result<string>>
  /** `http://127.0.0.1:…`; empty before the first page. */
  origin(): string
  close(): Promise<void>
}

export function createCheckoutDoor(
  /** Null before there are pages. */
  site: () => ReturnType<typeof createSandboxSite> | null,
  log: Log,
): CheckoutDoor {
  const room = `/${randomBytes(24).toString('base64url')}`
  let server: Server | null = null
  let origin = ''
  let opening: Promise<Result<string>> | null = null

  async function answer(request: IncomingMessage) {
    const url = request.url ?? '/'
    // A name that resolves here through DNS is not ours.
    if (`http://${request.headers.host ?? ''}` !== origin) return null
    if (!url.startsWith(`${room}/`)) return null
    const body = request.method === 'POST' ? await readBody(request) : ''
    if (body === null) return null
    const { method = 'GET', headers } = request
    return site()?.({ method, path: url.slice(room.length), body, origin: headers.origin ?? null })
  }

  function open(): Promise<Result<string>> {
    return new Promise((resolve) => {
      const opened = createServer((request, response) => {
        answer(request)
          .then((page) => {
            response.writeHead(page?.status ?? 404, page?.headers ?? {})
            response.end(page?.body ?? '')
          })
          .catch((error: unknown) => {
            log.error('A page of the sandbox failed', { error })
            response.writeHead(500).end()
          })
      })
      opened.requestTimeout = REQUEST_TIMEOUT_MS
      opened.maxConnections = MOST_CONNECTIONS
      opened.once('error', (error) => {
        log.error('The sandbox cannot open a port', { error })
        opening = null
        resolve(failure('port_unavailable', 'The payment page cannot be opened on this machine.'))
      })
      opened.listen(0, LOOPBACK, () => {
        server = opened
        origin = `http://${LOOPBACK}:${(opened.address() as AddressInfo).port}`
        resolve(success(`${origin}${room}`))
      })
    })
  }

  return {
    address: () => (opening ??= open()),
    origin: () => origin,
    close: () =>
      new Promise((resolve) => {
        if (!server) {
          resolve()
          return
        }
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MAX_FORM_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
