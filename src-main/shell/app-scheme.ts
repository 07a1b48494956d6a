/** `app://tallystick`: the window's files and creations, with the policy on every answer. */

import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { net, protocol } from 'electron'
import type { Host } from '../host/host.ts'
import { answerMedia } from '../host/serving/media.ts'
import { policyHeaders } from '../host/serving/policy.ts'
import { findRendererFile, mediaId } from '../host/serving/renderer-files.ts'
import { isAppAddress, SCHEME } from './addresses.ts'

export interface AppSchemeOptions {
  readonly host: Pick<Host, 'media'>
  readonly rendererDirectory: string
  /** The dev server's origin, null for the built window. */
  readonly developmentOrigin: string | null
}

/** To be called before the app is ready. */
export function declareAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}

export function serveAppScheme(options: AppSchemeOptions): void {
  const policy = policyFor(options.developmentOrigin)
  protocol.handle(SCHEME, async (request) => {
    const answer = await answerRequest(options, request)
    for (const [name, value] of Object.entries(policy)) answer.headers.set(name, value)
    return answer
  })
}

function policyFor(developmentOrigin: string | null) {
  if (developmentOrigin === null) return policyHeaders({ connect: "'none'" })
  const socket = developmentOrigin.replace(/^http/, 'ws')
  return policyHeaders({ connect: `'self' ${developmentOrigin} ${socket}`, development: true })
}

async function answerRequest(options: AppSchemeOptions, request: Request): Promise<Response> {
  const { host, rendererDirectory, developmentOrigin } = options
  if (request.method !== 'GET' || !isAppAddress(request.url)) return nothing()
  const { pathname, search } = new URL(request.url)
  if (pathname.startsWith('/media/')) return answerMediaRequest(host, pathname, request)
  if (developmentOrigin !== null) {
    const answer = await net.fetch(`${developmentOrigin}${pathname}${search}`)
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  }
  const file = await findRendererFile(rendererDirectory, pathname)
  if (!file) return nothing()
  return new Response(stream(file.path), {
    headers: { 'content-type': file.mediaType, 'content-length': String(file.bytes) },
  })
}

function answerMediaRequest(host: Pick<Host, 'media'>, pathname: string, request: Request) {
  const id = mediaId(pathname)
  const media = id === undefined ? undefined : host.media(id)
  if (!media) return nothing()
  const { status, headers, part } = answerMedia(media, request.headers.get('range'))
  return new Response(part && stream(media.path, part), { status, headers })
}

function stream(file: string, part?: { readonly first: number; readonly last: number }) {
  const span = part ? { start: part.first, end: part.last } : {}
  return Readable.toWeb(createReadStream(file, span)) as ReadableStream
}

function nothing(): Response {
  return new Response('There is nothing here.\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}
