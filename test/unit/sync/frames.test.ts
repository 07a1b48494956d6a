import { describe, expect, it } from 'vitest'
import { readFromDevice, readFromServer, writeFrame } from '#shared/sync/frames.ts'
import type { ToDevice, ToServer } from '#shared/sync/messages.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)
const hash = 'ab'.repeat(32)
const head = { sequence: 300, hash }

const fromDevice: readonly ToServer[] = [
  {
    type: 'hello',
    protocol: 1,
    oldest: 1,
    app: '1.2.3',
    entries: 5,
    lease: 2,
    records: head,
    documents: hash,
  },
  { type: 'ping', entries: 5, lease: 2, records: { sequence: 0, hash: '' }, documents: '' },
  { type: 'entries-wanted', after: 0 },
  { type: 'have', documents: [['account', 3]], whole: true },
  { type: 'segments-wanted', names: [hash] },
  {
    type: 'records',
    from: 2 ** 40,
    to: { sequence: 2 ** 40 + 2, hash },
    previous: '',
    signature: new Uint8Array(64).fill(7),
    batch: bytes(1, 2, 3),
  },
  {
    type: 'records',
    from: 1,
    to: { sequence: 1, hash },
    previous: hash,
    signature: new Uint8Array(64),
    batch: bytes(),
  },
  { type: 'put', number: 0, document: 'account', items: [bytes(), bytes(1)] },
  { type: 'segment', name: hash, bytes: bytes(9, 9) },
]

const fromServer: readonly ToDevice[] = [
  { type: 'welcome', protocol: 1, oldest: 1, time: 7, acknowledged: head },
  { type: 'pong', time: 1, entries: 1, lease: 0, documents: hash },
  { type: 'records-wanted', after: head },
  { type: 'team' },
  { type: 'segments-missing', names: [hash] },
  { type: 'error', code: 'rate_limited', message: 'Later', fatal: true, retryAfterMs: 5 },
  { type: 'acknowledged', head },
  { type: 'changes', document: 'tail:device-1:1', after: 127, items: [bytes(1), bytes()] },
  { type: 'kept', number: 128, after: 4, to: 9 },
  { type: 'segment', name: hash, bytes: bytes(9) },
  { type: 'segment-kept', name: hash },
]

describe('a message', () => {
  it.each(fromDevice)('of a device comes back as it was: $type', (message) => {
    expect(readFromDevice(writeFrame(message))).toEqual({ ok: true, data: message })
  })

  it.each(fromServer)('of a server comes back as it was: $type', (message) => {
    expect(readFromServer(writeFrame(message))).toEqual({ ok: true, data: message })
  })

  it('of the other side is none', () => {
    for (const message of fromServer.filter(({ type }) => type !== 'segment')) {
      const read = readFromDevice(writeFrame(message))
      expect(read).toMatchObject({ ok: false, error: { code: 'message_unknown' } })
    }
  })

  it('says no more than it must: a record and what goes with it', () => {
    const record = fromDevice.find(({ type }) => type === 'records')
    expect(record && writeFrame(record).length).toBeLessThan(120)
    expect(writeFrame({ type: 'acknowledged', head }).length).toBe(36)
  })
})

describe('what a newer version adds', () => {
  it('to a message is let go', () => {
    const frame = JSON.stringify({ type: 'team', colour: 'green' })
    expect(readFromServer(frame)).toEqual({ ok: true, data: { type: 'team' } })
  })

  it('to an entry is kept, at every depth', () => {
    const entry = {
      sequence: 4,
      id: 'grant:4',
      at: 5,
      facts: { kind: 'of-tomorrow', deep: { a: [1, { b: null }] } },
      postings: [],
      mood: 'good',
    }
    const frame = JSON.stringify({ type: 'entries', after: 3, to: 4, entries: [entry] })
    expect(readFromServer(frame)).toMatchObject({ ok: true, data: { entries: [entry] } })
  })
})

describe('refused', () => {
  it.each([
    ['a number written longer than it needs', bytes(4, 0x80, 0, 0, 0)],
    ['a number beyond what is exact', bytes(4, 255, 255, 255, 255, 255, 255, 255, 255, 1)],
    ['what ends before it begins', bytes(4, 1, 9, 3)],
    ['something behind its end', bytes(4, 1, 3, 9, 0)],
    ['more items than there are bytes', bytes(5, 1, 97, 0, 255, 255, 127)],
    ['a name with other signs', bytes(5, 1, 32, 0, 1, 0)],
    ['no items', bytes(5, 1, 97, 0, 0)],
  ])('%s', (_what, frame) => {
    expect(readFromServer(frame)).toMatchObject({ ok: false, error: { code: 'frame_malformed' } })
  })

  it('a head with a hash before the first record, or without one after it', () => {
    const wanted = (after: unknown) => JSON.stringify({ type: 'records-wanted', after })
    expect(readFromServer(wanted({ sequence: 0, hash })).ok).toBe(false)
    expect(readFromServer(wanted({ sequence: 1, hash: '' })).ok).toBe(false)
  })

  it('what a reader would not take is not written', () => {
    expect(() => writeFrame({ type: 'kept', number: -1, after: 0, to: 0 })).toThrow(RangeError)
    const document = 'with space'
    expect(() => writeFrame({ type: 'changes', document, after: 0, items: [] })).toThrow(RangeError)
  })
})
