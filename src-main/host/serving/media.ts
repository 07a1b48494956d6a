/** How a file of the library is answered, for both doors: which part, which headers. */

import type { HostMedia } from '../host.ts'
import { parseRange } from './byte-range.ts'
import type { ByteRange } from './byte-range.ts'

export interface MediaAnswer {
  readonly status: 200 | 206 | 416
  readonly headers: Readonly<Record<string, string>>
  /** What of the file to send; null for nothing. */
  readonly part: ByteRange | null
}

/** What a creation can be. Anything else is offered as a download, never shown as a page. */
const SHOWN = /^(image\/(png|jpeg|webp|gif)|audio\/[a-z0-9.+-]+)$/

/** Creations never change under their id, so a page may keep them. */
export function answerMedia(media: HostMedia, range: string | null | undefined): MediaAnswer {
  const common = {
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=31536000, immutable',
    ...(SHOWN.test(media.mediaType)
      ? { 'content-type': media.mediaType }
      : { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' }),
  }
  const part = parseRange(range, media.bytes)
  if (part === 'unsatisfiable') {
    const headers = { ...common, 'content-range': `bytes */${media.bytes}`, 'content-length': '0' }
    return { status: 416, headers, part: null }
  }
  if (part === 'whole') {
    return {
      status: 200,
      headers: { ...common, 'content-length': String(media.bytes) },
      part: media.bytes === 0 ? null : { first: 0, last: media.bytes - 1 },
    }
  }
  return {
    status: 206,
    headers: {
      ...common,
      'content-range': `bytes ${part.first}-${part.last}/${media.bytes}`,
      'content-length': String(part.last - part.first + 1),
    },
    part,
  }
}
