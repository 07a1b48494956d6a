/** Detects the format of media from the bytes themselves: providers often say something else. */

export interface ImageFormat {
  readonly mediaType: string
  readonly width: number | null
  readonly height: number | null
}

/** Null when it is no image the app can show. */
export function readImageFormat(bytes: Uint8Array): ImageFormat | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (startsWith(bytes, 0, '\x89PNG\r\n\x1a\n') && bytes.length >= 24) {
    return { mediaType: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
  }
  if (startsWith(bytes, 0, '\xff\xd8\xff')) return readJpeg(view)
  if (startsWith(bytes, 0, 'GIF8') && bytes.length >= 10) {
    const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)]
    return { mediaType: 'image/gif', width, height }
  }
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) {
    return { mediaType: 'image/webp', width: null, height: null }
  }
  return null
}

/** Walks the segments to the frame header, which holds the size. */
function readJpeg(view: DataView): ImageFormat {
  const unknown = { mediaType: 'image/jpeg', width: null, height: null }
  let at = 2
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return unknown
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      return { ...unknown, width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return unknown
}

export interface AudioFormat {
  readonly mediaType: string
  /** If the format states it without decoding (WAV). */
  readonly durationMs: number | null
  /** The same bytes, or a copy whose header says how long it really is. */
  readonly bytes: Uint8Array
}

/** Null when it is no audio the app can play. */
export function readAudioFormat(bytes: Uint8Array): AudioFormat | null {
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WAVE')) return readWav(bytes)
  const mediaType = compressedAudioType(bytes)
  return mediaType === null ? null : { mediaType, durationMs: null, bytes }
}

function compressedAudioType(bytes: Uint8Array): string | null {
  if (startsWith(bytes, 0, 'ID3')) return 'audio/mpeg'
  if (startsWith(bytes, 0, 'OggS')) return 'audio/ogg'
  if (startsWith(bytes, 0, 'fLaC')) return 'audio/flac'
  if (startsWith(bytes, 4, 'ftyp')) return 'audio/mp4'
  const [first = 0, second = 0] = bytes
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null
  return (second & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg'
}

/** A WAV that was streamed says zero or the largest length; its header is put right. */
function readWav(bytes: Uint8Array): AudioFormat | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let bytesPerSecond = 0
  for (let at = 12; at + 8 <= view.byteLength;) {
    const length = view.getUint32(at + 4, true)
    if (startsWith(bytes, at, 'fmt ') && at + 20 <= view.byteLength) {
      bytesPerSecond = view.getUint32(at + 16, true)
    }
    if (startsWith(bytes, at, 'data')) {
      const available = bytes.length - at - 8
      const unsaid = length === 0 || length > available
      const size = unsaid ? available : length
      if (bytesPerSecond === 0 || size === 0) return null
      return {
        mediaType: 'audio/wav',
        durationMs: Math.round((size / bytesPerSecond) * 1_000),
        bytes: unsaid ? withLength(bytes, at, size) : bytes,
      }
    }
    at += 8 + length + (length % 2)
  }
  return null
}

function withLength(bytes: Uint8Array, dataAt: number, size: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  const view = new DataView(copy.buffer)
  view.setUint32(4, copy.length - 8, true)
  view.setUint32(dataAt + 4, size, true)
  return copy
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  }
  return true
}
