/**
 * How often somebody may ask: a bucket of tokens each, that fills at a steady rate. Bounded memory:
 * when there are too many, whoever was heard of longest ago is forgotten, and begins full again.
 */

import type { Clock } from '#shared/ports/time.ts'

export interface RateLimit {
  /** 0 when so much may be done now, which it then counts; else in how many milliseconds. */
  take(who: string, cost?: number): number
  readonly size: number
}

export interface Rate {
  /** What may be done at once. */
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  tokens: number
  /** When `tokens` was reckoned. */
  at: number
}

const MOST_BUCKETS = 20_000

export function createRateLimit(
  { burst, perSecond }: Rate,
  clock: Pick<Clock, 'monotonic'>,
  mostBuckets = MOST_BUCKETS,
): RateLimit {
  /** In the order in which they were last used. */
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
 * Whom an address stands for: one IPv4 address, or the 64 bits of IPv6 that one household has, where
 * all the rest is free to choose.
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
