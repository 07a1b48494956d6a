/** In development the window comes from its dev server, through the door so that origin and cookie are the door's. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { request as httpRequest } from '../../ports/http.ts'
import { sendText } from './requests.ts'

export interface DevProxy {
  pass(request: IncomingMessage, response: ServerResponse): void
  /** For hot reload. */
  passUpgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void
}

/** @param rendererUrl the dev server, `http://127.0.0.1:5173` */
export function createDevProxy(rendererUrl: URL): DevProxy {
  const hostname = rendererUrl.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(rendererUrl.port || 80)

  /** The dev server needs neither our cookie nor our origin. */
  function innerHeaders(request: IncomingMessage) {
    const { cookie: _cookie, ...headers } = request.headers
    const origin = headers.origin === undefined ? {} : { origin: rendererUrl.origin }
    return { ...headers, ...origin, host: rendererUrl.host }
  }

  return {
    pass(request, response) {
      const { method = 'GET', url = '/' } = request
      const inner = httpRequest(
        { hostname, port, method, path: url, headers: innerHeaders(request) },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      inner.on('error', () => {
        if (response.headersSent) response.destroy()
        else sendText(response, 502, `The dev server at ${rendererUrl.origin} does not answer.`)
      })
      request.pipe(inner)
    },
    passUpgrade(request, connection, head) {
      const inner = connect({ host: hostname, port }, () => {
        const headers = Object.entries(innerHeaders(request)).map(
          ([name, value]) => `${name}: ${String(value)}`,
        )
        inner.write([`GET ${request.url ?? '/'} HTTP/1.1`, ...headers, '', ''].join('\r\n'))
        inner.write(head)
        inner.pipe(connection)
        connection.pipe(inner)
      })
      inner.on('error', () => connection.destroy())
      connection.on('error', () => inner.destroy())
    },
  }
}
