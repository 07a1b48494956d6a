import { describe, expect, it } from 'vitest'
import { addressGroup, createRateLimit } from '../../../src-server/http/rate-limit.ts'

function limitAt(burst: number, perSecond: number, mostBuckets?: number) {
  let now = 0
  const limit = createRateLimit({ burst, perSecond }, { monotonic: () => now }, mostBuckets)
  return { limit, pass: (ms: number) => (now += ms) }
}

describe('the rate limit', () => {
  it('lets a burst through and then a steady rate', () => {
    const { limit, pass } = limitAt(3, 2)
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 500])
    pass(500)
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 500])
    pass(60_000)
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 500])
  })

  it('counts each by itself, and dear things more', () => {
    const { limit } = limitAt(10, 1)
    expect(limit.take('a', 10)).toBe(0)
    expect(limit.take('a')).toBe(1_000)
    expect(limit.take('b', 5)).toBe(0)
    expect(limit.take('b', 6)).toBe(1_000)
  })

  it('keeps a bounded number, forgetting whoever was heard of longest ago', () => {
    const { limit } = limitAt(1, 0.001, 100)
    for (let at = 0; at < 1_000; at += 1) {
      limit.take('regular')
      limit.take(`stranger ${at}`)
    }
    expect(limit.size).toBe(100)
    expect(limit.take('regular')).toBeGreaterThan(0)
    expect(limit.take('stranger 0')).toBe(0)
  })

  it('takes a household for one, however many addresses it has', () => {
    expect(addressGroup('203.0.113.7')).toBe('203.0.113.7')
    expect(addressGroup('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2')
    expect(addressGroup('2001:db8:1:2::9')).toBe('2001:db8:1:2')
    expect(addressGroup('2001:db8::9')).toBe('2001:db8:0:0')
    expect(addressGroup('::1')).toBe('0:0:0:0')
    expect(addressGroup('fe80::1%eth0')).toBe('fe80:0:0:0')
  })
})
