/**
 * An adaptive binary range coder: the less a bit says, the less space it takes. Writer and reader
 * share one interface, so that a model is written once and serves both; all arithmetic is on
 * integers, so that the same bits give the same bytes on every machine.
 */

/** Codes one bit; a reader ignores its argument and returns what was written. */
export interface BitCoder {
  /** A bit with a probability that learns; `slot` names it. */
  bit(slot: number, bit: number): number
  /** `count` ≤ 24 bits without a model, highest first. */
  plain(value: number, count: number): number
}

export interface BitWriter extends BitCoder {
  finish(): Uint8Array
}

export interface BitReader extends BitCoder {
  /** Whether every byte was needed. */
  isAtEnd(): boolean
}

/** The statistics of one model's bits so far. Slots are allotted in order. */
export interface Odds {
  /** The first of `count` new slots. Throws a RangeError when there are too many. */
  allot(count: number): number
  /** Chance of a zero in 65,536. */
  of(slot: number): number
  learn(slot: number, bit: number): void
  copy(): Odds
}

const EVEN = 32_768
const LEAST = 32
/** A chance moves by 1 / (seen + 1.5), at last by this much. */
const STEPS = Uint32Array.from({ length: 48 }, (_, seen) => Math.floor(65_536 / (seen + 1.5)))
const SETTLED = STEPS.length - 1
const MAX_SLOTS = 4_000_000

export function createOdds(): Odds {
  return oddsOf(new Uint16Array(16_384).fill(EVEN), new Uint8Array(16_384), 0)
}

function oddsOf(startChances: Uint16Array, startSeen: Uint8Array, startUsed: number): Odds {
  let chances = startChances
  let seen = startSeen
  let used = startUsed
  return {
    copy: () => oddsOf(chances.slice(), seen.slice(), used),
    allot(count) {
      const first = used
      used += count
      if (used > MAX_SLOTS) throw new RangeError('Too many kinds of values')
      if (used > chances.length) {
        const size = Math.max(used, chances.length * 2)
        const more = new Uint16Array(size).fill(EVEN, chances.length)
        more.set(chances)
        chances = more
        const moreSeen = new Uint8Array(size)
        moreSeen.set(seen)
        seen = moreSeen
      }
      return first
    },
    of: (slot) => chances[slot] as number,
    learn(slot, bit) {
      const chance = chances[slot] as number
      const times = seen[slot] as number
      const step = STEPS[times] as number
      if (times < SETTLED) seen[slot] = times + 1
      const next =
        bit === 0 ? chance + (((65_536 - chance) * step) >>> 16) : chance - ((chance * step) >>> 16)
      chances[slot] = Math.min(65_536 - LEAST, Math.max(LEAST, next))
    },
  }
}

const TOP = 2 ** 24
const WRAP = 2 ** 32

export function createBitWriter(odds: Odds): BitWriter {
  let bytes = new Uint8Array(256)
  let length = 0
  let low = 0
  let range = WRAP - 1
  let held = 0
  let carried = 0

  function put(byte: number): void {
    if (length === bytes.length) {
      const more = new Uint8Array(bytes.length * 2)
      more.set(bytes)
      bytes = more
    }
    bytes[length++] = byte
  }

  /** A byte goes out once no carry can reach it. */
  function shift(): void {
    if (low < 0xff000000 || low >= WRAP) {
      const carry = low >= WRAP ? 1 : 0
      // What is held first of all is before the first byte.
      if (carried > 0) {
        put((held + carry) & 255)
        for (; carried > 1; carried--) put((255 + carry) & 255)
      }
      held = Math.floor(low / TOP) & 255
      carried = 0
    }
    carried++
    low = (low % TOP) * 256
  }

  function renew(): void {
    while (range < TOP) {
      range = (range * 256) >>> 0
      shift()
    }
  }

  carried = 1
  return {
    bit(slot, bit) {
      const bound = (range >>> 16) * odds.of(slot)
      if (bit === 0) range = bound
      else {
        low += bound
        range -= bound
      }
      odds.learn(slot, bit)
      renew()
      return bit
    },
    plain(value, count) {
      for (let at = count - 1; at >= 0; at--) {
        range >>>= 1
        if ((value >>> at) & 1) low += range
        renew()
      }
      return value
    },
    finish() {
      // Of all numbers in the range the one with the most zeros at its end; zeros need not be kept.
      for (let zeros = 32; zeros > 0; zeros -= 8) {
        const unit = 2 ** zeros
        const rounded = Math.ceil(low / unit) * unit
        if (rounded < low + range) {
          low = rounded
          break
        }
      }
      for (let at = 0; at < 5; at++) shift()
      let end = length
      while (end > 1 && bytes[end - 1] === 0) end--
      return bytes.slice(1, end)
    },
  }
}

export function createBitReader(odds: Odds, bytes: Uint8Array): BitReader {
  let at = 0
  let code = 0
  let range = WRAP - 1
  const next = () => (at < bytes.length ? (bytes[at++] as number) : (at++, 0))
  for (let first = 0; first < 4; first++) code = ((code << 8) | next()) >>> 0

  function renew(): void {
    while (range < TOP) {
      range = (range * 256) >>> 0
      code = ((code << 8) | next()) >>> 0
    }
  }

  return {
    bit(slot) {
      const bound = (range >>> 16) * odds.of(slot)
      const bit = code < bound ? 0 : 1
      if (bit === 0) range = bound
      else {
        code -= bound
        range -= bound
      }
      odds.learn(slot, bit)
      renew()
      return bit
    },
    plain(_value, count) {
      let value = 0
      for (let done = 0; done < count; done++) {
        range >>>= 1
        const bit = code >= range ? 1 : 0
        if (bit) code -= range
        value = (value << 1) | bit
        renew()
      }
      return value
    },
    isAtEnd: () => at >= bytes.length,
  }
}
