/** Reading and writing the small headers of binary frames. Nothing here trusts a length it reads. */

export interface ByteWriter {
  byte(value: number): void
  /** A safe integer ≥ 0, seven bits to a byte. */
  number(value: number): void
  /** Printable ASCII, with its length. */
  word(value: string): void
  /** Bytes with their length. */
  block(bytes: Uint8Array): void
  /** Bytes as they are, to the frame's end. */
  rest(bytes: Uint8Array): void
  bytes(): Uint8Array
}

const WORD = /^[\x21-\x7e]{1,200}$/

/** Writes one frame. Throws a RangeError on what a reader would refuse. */
export function createByteWriter(): ByteWriter {
  const parts: Uint8Array[] = []
  let header: number[] = []
  const flush = () => {
    if (header.length > 0) parts.push(Uint8Array.from(header))
    header = []
  }
  const number = (value: number) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Not a position: ${value}`)
    let rest = value
    while (rest >= 128) {
      header.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    header.push(rest)
  }
  const rest = (bytes: Uint8Array) => {
    flush()
    parts.push(bytes)
  }
  return {
    byte: (value) => header.push(value),
    number,
    word(value) {
      if (!WORD.test(value)) throw new RangeError(`Not a name: ${JSON.stringify(value)}`)
      number(value.length)
      for (let at = 0; at < value.length; at++) header.push(value.charCodeAt(at))
    },
    block(bytes) {
      number(bytes.length)
      rest(bytes)
    },
    rest,
    bytes() {
      flush()
      return joinBytes(parts)
    },
  }
}

export interface ByteReader {
  byte(): number
  number(): number
  word(): string
  block(): Uint8Array
  rest(): Uint8Array
  /** Throws unless everything was read. */
  end(): void
}

/** What a reader throws; caught where the frame is read, never beyond. */
export class BrokenFrame extends Error {}

/** Reads one frame; what it gives out are views of the frame's own bytes. */
export function createByteReader(frame: Uint8Array, start = 0): ByteReader {
  let at = start
  const byte = () => {
    const value = frame[at]
    if (value === undefined) throw new BrokenFrame('ends too early')
    at += 1
    return value
  }
  const number = () => {
    let value = 0
    let scale = 1
    for (;;) {
      const part = byte()
      value += (part & 127) * scale
      if (!Number.isSafeInteger(value)) throw new BrokenFrame('a number is too large')
      if (part < 128) {
        // One spelling for each number, so that equal frames are equal bytes.
        if (part === 0 && scale > 1) throw new BrokenFrame('a number is padded')
        return value
      }
      scale *= 128
    }
  }
  const take = (length: number) => {
    if (length > frame.length - at) throw new BrokenFrame('ends too early')
    at += length
    return frame.subarray(at - length, at)
  }
  return {
    byte,
    number,
    word() {
      const length = number()
      if (length > 200) throw new BrokenFrame('a name is too long')
      const word = String.fromCharCode(...take(length))
      if (!WORD.test(word)) throw new BrokenFrame('a name has other signs')
      return word
    },
    block: () => take(number()),
    rest: () => take(frame.length - at),
    end() {
      if (at !== frame.length) throw new BrokenFrame('goes on after its end')
    },
  }
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const HEX = '0123456789abcdef'

/** Bytes of a hex string of even length; throws a RangeError on anything else. */
export function bytesOfHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new RangeError('Not hex')
  const bytes = new Uint8Array(hex.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(hex.slice(2 * at, 2 * at + 2), 16)
  return bytes
}

export function hexOfBytes(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15)
  return hex
}
