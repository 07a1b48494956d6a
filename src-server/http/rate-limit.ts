/**
 * Rate limits: a token bucket for each caller, refilled at a steady rate. Memory is bounded: when
 * there are too many, the caller unseen for longest is forgotten, and starts full again.
 */

import type { Clock } from '#shared/ports/time.ts'

export interface RateLimit {
  /** 0 if the call is allowed now, which is then counted; otherwise the milliseconds to wait. */
  take(who: string, cost?: number): number
  readonly size: number
}

export interface Rate {
  /** The largest burst. */
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  tokens: number
  /** When `tokens` was computed. */
  at: number
}

const MOST_BUCKETS = 20_000

export function createRateLimit(
  { burst, perSecond }: Rate,
  clock: Pick<Clock, 'monotonic'>,
  mostBuckets = MOST_BUCKETS,
): RateLimit {
  /** Ordered by last use. */
  const buckets = new Map<string, Bucket>()

  function bucketOf(who: string): Bucket {
    const at = clock.monotonic()
    const known = buckets.get(who)
    const filled = known ? known.tokens + ((at - known.at) / 1_000) * perSecond : burst
    const bucket = { tokens: Math.min(burst, filled), at }
    buckets.delete(who)
    buckets.set(who, bucket)
    return bucket
  }

  function forgetOldest(): void {
    const [oldest] = buckets.keys()
    if (buckets.size > mostBuckets && oldest !== undefined) buckets.delete(oldest)
  }

  return {
    take(who, cost = 1) {
      const bucket = bucketOf(who)
      forgetOldest()
      if (bucket.tokens >= cost) {
        bucket.tokens -= cost
        return 0
      }
      return Math.ceil(((cost - bucket.tokens) / perSecond) * 1_000)
    },
    get size() {
      return buckets.size
    },
  }
}

/**
 * Who an address stands for: one IPv4 address, or the 64-bit IPv6 prefix of one household, which
 * may choose all the rest freely.
 */
export function addressGroup(address: string): string {
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (four) return four
  const [left = '', right = ''] = (address.split('%')[0] ?? '').split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === '' ? [] : right.split(':')
  const zeros = address.includes('::') ? Array<string>(8 - head.length - tail.length).fill('0') : []
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}
