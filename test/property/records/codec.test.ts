import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRecords, decodeValue, encodeRecords, encodeValue } from '#shared/records/batch.ts'
import { canonicalText } from '#shared/records/canonical.ts'
import type { Json } from '#shared/records/json-tokens.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { readRecord } from '#shared/records/read-record.ts'
import { codeOf, unwrap } from '../../support/ledger.ts'
import { headOf, recordsOf, seeded } from '../../support/records.ts'

const DEVICE = '7f3c2a10-5b6d-4e8f-9a01-23456789abcd'

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown

/** Any JSON there is, as a newer version might say it; `__proto__` is refused as a key. */
const json = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__":'))
  .map((value) => plain(value) as Json)
const uuid = fc.uuid()
const odd = fc.oneof(
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e300, 0.1, -5e-324, 2 ** 53),
  fc.maxSafeInteger(),
)

const newer = fc.record({
  at: fc.nat(),
  content: fc.dictionary(
    fc.string().filter((key) => !['type', '__proto__'].includes(key)),
    fc.oneof(json, uuid, odd),
  ),
})

function newerRecords(parts: readonly { at: number; content: object }[]): readonly DeviceRecord[] {
  return parts.map(({ at, content }, index) => {
    const body = { type: 'newer' as const, content: { ...content, type: 'hologram' } }
    return { deviceId: DEVICE, sequence: index + 1, at, body }
  })
}

describe('records as bytes', () => {
  it('gives back what was written, also what only a newer version knows', () => {
    fc.assert(
      fc.property(fc.array(newer, { minLength: 1, maxLength: 20 }), (parts) => {
        const records = newerRecords(parts)
        const bytes = encodeRecords(records)
        expect(unwrap(decodeRecords(bytes, DEVICE, 1))).toEqual(plain(records))
      }),
      { numRuns: 200 },
    )
  })

  it('gives back any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(json, uuid, odd), (value) => {
        expect(unwrap(decodeValue(encodeValue(value)))).toEqual(plain(value))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses a key that would be taken for the prototype', () => {
    const value = JSON.parse('{"content":{"__proto__":[]}}') as Json
    expect(() => encodeValue(value)).toThrow('no key')
  })

  it('writes equal records as equal bytes, whatever the order of their keys', () => {
    const records = recordsOf(DEVICE, 60)
    const turned = records.map((record) => reverseKeys(record) as DeviceRecord)
    expect(encodeRecords(turned)).toEqual(encodeRecords(records))
    expect(turned.map(canonicalText)).toEqual(records.map(canonicalText))
  })

  it('keeps fields that it does not know within records that it does', () => {
    const [record] = recordsOf(DEVICE, 1) as [DeviceRecord]
    const body = plain(record.body) as { operation: object }
    const content = {
      at: record.at,
      body: { ...body, mood: [1, { deep: 'x' }], operation: { ...body.operation, watts: 3 } },
    }
    const read = readRecord(DEVICE, 1, content) as DeviceRecord
    const [back] = unwrap(decodeRecords(encodeRecords([read]), DEVICE, 1))
    expect(back?.body).toEqual(content.body)
    expect(headOf([back as DeviceRecord])).toEqual(headOf([read]))
  })

  it('is one chain, however the records are batched', () => {
    const records = recordsOf(DEVICE, 150)
    const whole = headOf(records)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), (sizes) => {
        let at = 0
        let head = headOf([])
        for (const size of [...sizes, records.length]) {
          const batch = records.slice(at, at + size)
          if (batch.length === 0) break
          const bytes = encodeRecords(batch)
          head = headOf(unwrap(decodeRecords(bytes, DEVICE, at + 1)), head)
          at += batch.length
        }
        expect(head).toEqual(whole)
      }),
      { numRuns: 20 },
    )
  })

  it('reads a record with the one before it, and not without', () => {
    const records = recordsOf(DEVICE, 80)
    records.forEach((record, at) => {
      const before = records[at - 1] ?? null
      const bytes = encodeRecords([record], before)
      expect(unwrap(decodeRecords(bytes, DEVICE, at + 1, before))).toEqual([record])
      if (before) expect(codeOf(decodeRecords(bytes, DEVICE, at + 1))).toBe('record_invalid')
    })
  })

  it('packs a real run into 20 bytes or less, and one after another into 80', () => {
    const records = recordsOf(DEVICE, 1_024)
    expect(encodeRecords(records).length / records.length).toBeLessThan(20)
    const single = records.slice(1, 101).map((record, at) => encodeRecords([record], records[at]))
    expect(single.reduce((sum, { length }) => sum + length, 0) / single.length).toBeLessThan(80)
  })

  it('refuses 10,000 mutated batches or reads records, and does nothing else', () => {
    const random = seeded(7)
    const upTo = (most: number) => Math.floor(random() * most)
    const records = recordsOf(DEVICE, 3)
    const good = encodeRecords(records)
    let refused = 0
    for (let round = 0; round < 10_000; round++) {
      const read = decodeRecords(mutate(good, upTo), DEVICE, 1)
      if (read.ok) continue
      expect(read.error.code).toBe('record_invalid')
      refused++
    }
    expect(refused).toBeGreaterThan(5_000)
  }, 120_000)

  it('refuses what is no run: a charge that is not drawn, a negative amount, no body', () => {
    const [record] = recordsOf(DEVICE, 1) as [DeviceRecord]
    const content = plain({ at: record.at, body: record.body }) as { at: number; body: object }
    expect(readRecord(DEVICE, 1, content as Json)).not.toBeNull()
    for (const wrong of [
      { ...content, at: -1 },
      { ...content, at: 0.5 },
      { at: 1 },
      [],
      { ...content, body: { ...content.body, draws: [] } },
      { ...content, body: { ...content.body, draws: [{ grantId: 'plan', amount: -5 }] } },
      { ...content, body: { ...content.body, expired: undefined } },
      { at: 1, body: { type: 'newer', content: {} } },
    ]) {
      expect(readRecord(DEVICE, 1, plain(wrong) as Json)).toBeNull()
    }
  })
})

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reverseKeys(part)]),
  )
}

function mutate(good: Uint8Array, upTo: (most: number) => number): Uint8Array {
  const bytes = Uint8Array.from(good)
  switch (upTo(4)) {
    case 0:
      return bytes.subarray(0, upTo(bytes.length))
    case 1:
      return Uint8Array.from([...bytes, 1 + upTo(255)])
    default:
      for (let times = 1 + upTo(4); times > 0; times--) {
        const at = upTo(bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << upTo(8))
      }
      return bytes
  }
}
