/** One image through the AI SDK. */

import { createOpenAI } from '@ai-sdk/openai'
import { generateImage } from 'ai'
import type { ImageCall, MediaResult } from '../provider.ts'
import { isLocalAddress } from '../local-address.ts'
import type { Connection } from './connection.ts'
import { knownFailure, MALFORMED, providerFailure, STOPPED } from './failures.ts'
import type { Fetch } from './guarded-fetch.ts'
import { readImageFormat } from '../media-format.ts'
import { readCounts } from './usage.ts'

export const MAX_MEDIA_BYTES = 50_000_000
/** Base64 takes four bytes for three. */
const MAX_IMAGE_REPLY_BYTES = Math.ceil((MAX_MEDIA_BYTES * 4) / 3) + 100_000

export async function makeImage(connection: Connection, call: ImageCall): Promise<MediaResult> {
  const key = connection.readKey()
  if (!key.ok) return { ok: false, failure: key.failure }
  const guarded = connection.guard(key.key, 'media', MAX_IMAGE_REPLY_BYTES)
  const download = connection.guard(null, 'media', MAX_MEDIA_BYTES)
  const provider = createOpenAI({
    baseURL: connection.baseUrl,
    apiKey: 'added-on-the-way-out',
    fetch: withLinkedImages(guarded, download, isLocalAddress(connection.baseUrl)),
  })
  try {
    const { image, usage } = await generateImage({
      model: provider.image(call.model),
      prompt: call.prompt,
      size: `${call.width}x${call.height}`,
      maxRetries: 0,
      abortSignal: call.signal,
    })
    const bytes = image.uint8Array
    const format = readImageFormat(bytes)
    if (!format) return { ok: false, failure: MALFORMED }
    const report = readCounts(usage.inputTokens, 0, usage.outputTokens)
    const units = report.state === 'reported' ? report.units : null
    return { ok: true, file: { bytes, ...format, durationMs: null, usage: units } }
  } catch (error) {
    const failure = call.signal.aborted ? STOPPED : connection.toFailure(error)
    return { ok: false, failure }
  }
}

/** Some servers answer with a link instead of the image: fetches it, without the key. */
function withLinkedImages(guarded: Fetch, download: Fetch, mayBeLocal: boolean): Fetch {
  return async (input, init) => {
    const response = await guarded(input, init)
    if (!response.ok) return response
    const reply: unknown = await response.json().catch((error: unknown) => {
      throw error instanceof SyntaxError ? knownFailure(MALFORMED) : error
    })
    const link = findLink(reply)
    if (link === null) return Response.json(reply)
    const address = URL.canParse(link) ? new URL(link) : null
    if (!address || !/^https?:$/.test(address.protocol)) throw knownFailure(MALFORMED)
    if (isLocalAddress(address.href) && !mayBeLocal) throw knownFailure(STRANGE_LINK)
    const image = await download(address, { signal: init?.signal ?? null })
    if (!image.ok) throw knownFailure(GONE)
    const bytes = Buffer.from(await image.arrayBuffer())
    return Response.json({ data: [{ b64_json: bytes.toString('base64') }] })
  }
}

const STRANGE_LINK = providerFailure(
  'malformed_reply',
  'The provider answered with a link into this network, which was not followed.',
)
const GONE = providerFailure(
  'provider_error',
  'The provider made an image, but its link did not work. Try again.',
)

/** The link of the first image, null when the image itself is there or the reply is none. */
function findLink(reply: unknown): string | null {
  if (typeof reply !== 'object' || reply === null || !('data' in reply)) return null
  const first: unknown = Array.isArray(reply.data) ? reply.data[0] : null
  if (typeof first !== 'object' || first === null) return null
  if ('b64_json' in first && typeof first.b64_json === 'string') return null
  return 'url' in first && typeof first.url === 'string' ? first.url : null
}
