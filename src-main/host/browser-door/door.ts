/**
 * The browser door: the window's files over HTTP and the host's contract over a WebSocket, on
 * 127.0.0.1 only. What it protects against, and what it cannot, is in docs/security.md.
 */

import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Log } from '#shared/ports/log.ts'
import { createServer } from '../../ports/http.ts'
import type { Host } from '../host.ts'
import { createAccess, newToken } from './access.ts'
import type { Access } from './access.ts'
import { DEFAULT_PORT } from './arguments.ts'
import { createDevProxy } from './dev-proxy.ts'
import { answerRequest, sendText } from './requests.ts'
import { createSockets, MAX_SOCKETS } from './sockets.ts'

export interface BrowserDoorOptions {
  readonly host: Host
  /** The built window, or the dev server that makes it. */
  readonly renderer: { readonly directory: string } | { readonly url: URL }
  /** 0 takes any free one. */
  readonly port: number
  /** Made when absent. */
  readonly token?: string
  readonly log: Log
}

export interface BrowserDoor {
  readonly port: number
  /** Contains the token: opening it lets a browser in. */
  readonly address: string
  /** Says goodbye to every page and stops listening. Leaves the host running. */
  close(): Promise<void>
}

/** Opens the door. Rejects with the system's error when the port cannot be had (`EADDRINUSE`). */
export async function openBrowserDoor(options: BrowserDoorOptions): Promise<BrowserDoor> {
  const { host, log, renderer, token = newToken() } = options
  const server = createServer({ maxHeaderSize: 16_384 })
  server.maxConnections = 256
  const port = await listen(server, options.port)

  const access = createAccess(port, token)
  const proxy = 'url' in renderer ? createDevProxy(renderer.url) : null
  const rendererDirectory = 'directory' in renderer ? renderer.directory : null
  const sockets = createSockets(host, log)
  const ports = { host, access, rendererDirectory, proxy: proxy?.pass ?? null }

  server.on('error', (error) => log.error('The browser door failed', { error }))
  server.on('request', (request, response) => {
    answerRequest(ports, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendText(response, 500, 'This could not be read.')
      else response.destroy()
      if (!isClientGone(error)) log.warn('A request could not be answered', { error })
    })
  })
  server.on('upgrade', (request, connection, head) => {
    connection.on('error', () => connection.destroy())
    const refusal = refuseUpgrade(access, request)
    if (refusal) refuse(connection, refusal)
    else if (request.url === '/host' && sockets.count() >= MAX_SOCKETS)
      refuse(connection, '503 Service Unavailable')
    else if (request.url === '/host') sockets.accept(request, connection, head)
    else if (proxy) proxy.passUpgrade(request, connection, head)
    else refuse(connection, '404 Not Found')
  })

  return {
    port,
    address: `http://127.0.0.1:${port}/?token=${token}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await sockets.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/**
 * Opens the door at `port`; null means the usual one, or any free one when another program has it.
 * Rejects with a sentence for the person when the port that was asked for cannot be had.
 */
export async function openDoorAtUsualPort(
  options: Omit<BrowserDoorOptions, 'port'>,
  port: number | null,
): Promise<BrowserDoor> {
  try {
    return await openBrowserDoor({ ...options, port: port ?? DEFAULT_PORT })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (port === null) return openBrowserDoor({ ...options, port: 0 })
    const why = code === 'EADDRINUSE' ? 'another program has it' : (code ?? 'it was refused')
    throw new Error(`port ${port} cannot be used: ${why}. Choose another with --port.`, {
      cause: error,
    })
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function refuseUpgrade(access: Access, request: IncomingMessage): string | null {
  const { headers } = request
  if (!access.isOurHost(headers) || !access.isOurOrigin(headers)) return '403 Forbidden'
  return access.hasCookie(headers) ? null : '401 Unauthorized'
}

function refuse(connection: Duplex, status: string): void {
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function isClientGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE'
}
