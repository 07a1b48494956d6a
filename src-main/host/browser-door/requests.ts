/** Answers the HTTP requests of the browser door: the window's files, creations, the token. */

import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Host } from '../host.ts'
import { answerMedia } from '../serving/media.ts'
import { policyHeaders } from '../serving/policy.ts'
import { findRendererFile, mediaId } from '../serving/renderer-files.ts'
import type { Access } from './access.ts'
import { notBuiltPage, unauthorizedPage } from './calm-page.ts'

export interface RequestPorts {
  readonly host: Pick<Host, 'media'>
  readonly access: Access
  readonly rendererDirectory: string | null
  /** Present in development: hands the request to the dev server. */
  readonly proxy: ((request: IncomingMessage, response: ServerResponse) => void) | null
}

/** Answers one request completely. Throws only when the connection or a file breaks half-way. */
export async function answerRequest(
  ports: RequestPorts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setPolicy(ports, request, response)
  const url = parseUrl(request.url)
  const refusal = refuse(ports.access, request, url)
  if (refusal) sendText(response, refusal.status, refusal.text)
  else if (url?.pathname === '/' && url.searchParams.has('token'))
    letIn(ports.access, url.searchParams.get('token'), response)
  else if (!url || !ports.access.hasCookie(request.headers))
    sendPage(response, 401, unauthorizedPage)
  else await serve(ports, url.pathname, request, response)
}

interface Refusal {
  readonly status: number
  readonly text: string
}

/** What is wrong with a request, whoever sends it. */
function refuse(access: Access, request: IncomingMessage, url: URL | null): Refusal | null {
  const { headers, method } = request
  if (!access.isOurHost(headers)) {
    return { status: 403, text: 'This is not the name Tallystick answers to.' }
  }
  if (!url) return { status: 400, text: 'That is no address.' }
  if (method !== 'GET' && method !== 'HEAD') {
    return access.isOurOrigin(headers)
      ? { status: 405, text: 'Only GET is understood here.' }
      : { status: 403, text: 'Another page may not do this.' }
  }
  return access.isOurPage(headers) ? null : { status: 403, text: 'Another page may not use this.' }
}

function setPolicy(ports: RequestPorts, request: IncomingMessage, response: ServerResponse): void {
  const host = ports.access.isOurHost(request.headers) ? (request.headers.host ?? '') : ''
  const connect = host === '' ? "'none'" : `'self' ws://${host}`
  const policy = policyHeaders({ connect, development: ports.proxy !== null })
  for (const [name, value] of Object.entries(policy)) response.setHeader(name, value)
}

/** Trades the token in the address for a cookie, and takes it out of the address. */
function letIn(access: Access, token: string | null, response: ServerResponse): void {
  if (!access.isToken(token)) {
    sendPage(response, 401, unauthorizedPage)
    return
  }
  response
    .writeHead(303, { location: '/', 'set-cookie': access.cookie, 'cache-control': 'no-store' })
    .end()
}

async function serve(
  ports: RequestPorts,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (pathname.startsWith('/media/')) await serveMedia(ports, pathname, request, response)
  else if (ports.proxy) ports.proxy(request, response)
  else if (ports.rendererDirectory !== null)
    await serveWindow(ports.rendererDirectory, pathname, request, response)
}

async function serveWindow(
  directory: string,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = await findRendererFile(directory, pathname)
  if (file) {
    response.writeHead(200, {
      'content-type': file.mediaType,
      'content-length': file.bytes,
      'cache-control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    })
    await sendFile(request, response, file.path)
  } else if (pathname === '/') sendPage(response, 503, notBuiltPage)
  else sendText(response, 404, 'There is nothing here.')
}

async function serveMedia(
  ports: RequestPorts,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = mediaId(pathname)
  const media = id === undefined ? undefined : ports.host.media(id)
  if (!media) {
    sendText(response, 404, 'There is no such creation.')
    return
  }
  const { status, headers, part } = answerMedia(media, request.headers.range)
  response.writeHead(status, headers)
  if (part) await sendFile(request, response, media.path, part)
  else response.end()
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  part?: { readonly first: number; readonly last: number },
): Promise<void> {
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const span = part ? { start: part.first, end: part.last } : {}
  await pipeline(createReadStream(file, span), response)
}

function sendPage(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'cache-control': 'no-store',
  })
  response.end(page)
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(`${text}\n`)
}

/** Paths that are not written plainly (`//evil`, `/a/../b`) are not guessed at. */
function parseUrl(raw: string | undefined): URL | null {
  if (!raw?.startsWith('/') || raw.startsWith('//')) return null
  const base = 'http://tallystick.invalid'
  const url = URL.canParse(raw, base) ? new URL(raw, base) : null
  return url?.pathname === raw.split(/[?#]/)[0] ? url : null
}
