import { beforeEach, describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { Frame } from '#shared/sync/frames.ts'
import type { ToServer } from '#shared/sync/messages.ts'
import { MAX_FRAME_TO_SERVER } from '#shared/sync/protocol.ts'
import { encodeBatch, hashesOf, sha256, signature } from '../../support/sync/chain.ts'
import { hello, rawDevice } from '../../support/sync/raw-device.ts'
import {
  createSyncWorld,
  type Host,
  type SyncWorld,
  twoMachines,
} from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host
let ben: Host

beforeEach(async () => {
  ;({ world, anna, ben } = await twoMachines())
})

function records(device: string, spent: readonly number[], more: object = {}): ToServer {
  const batch = spent.map((amount) => ({ spent: amount, returned: 0, note: '' }))
  const to = { sequence: batch.length, hash: hashesOf('', batch).at(-1) ?? '' }
  return {
    type: 'records',
    from: 1,
    to,
    previous: '',
    signature: signature(`key of ${device}`, to),
    batch: encodeBatch(batch),
    ...more,
  }
}

/** Nobody else noticed: they are connected as before, and sync. */
async function expectOthersUnharmed(): Promise<void> {
  const before = world.store.stream('ben').records.length
  ben.spend(1)
  await world.settle()
  expect(world.store.stream('ben').records).toHaveLength(before + 1)
  expect(anna.connection.state().status.state).toBe('synced')
}

async function greeted(name = 'eve') {
  const device = rawDevice(world, name)
  device.send(hello())
  await world.settle()
  return device
}

describe('refused, with nothing changed and everybody else unharmed', () => {
  const badRecords: readonly [string, string, () => ToServer][] = [
    [
      'a forged signature',
      'signature_invalid',
      () => records('eve', [1], { signature: new Uint8Array(64) }),
    ],
    [
      'the signature of another key',
      'signature_invalid',
      () => {
        const message = records('eve', [1]) as Extract<ToServer, { type: 'records' }>
        return { ...message, signature: signature('key of anna', message.to) }
      },
    ],
    [
      'a chain that ends elsewhere',
      'record_invalid',
      () => {
        const to = { sequence: 1, hash: 'a'.repeat(64) }
        return records('eve', [1], { to, signature: signature('key of eve', to) })
      },
    ],
    [
      'fewer records than it says',
      'record_invalid',
      () => {
        const to = { sequence: 3, hash: 'a'.repeat(64) }
        return records('eve', [1], { to, signature: signature('key of eve', to) })
      },
    ],
    [
      'bytes that are no records',
      'record_invalid',
      () => records('eve', [1], { batch: new Uint8Array([1, 2, 3]) }),
    ],
    ['more than was leased', 'draws_exceed_lease', () => records('eve', [101])],
    ['a negative amount', 'draws_not_valid', () => records('eve', [-1])],
  ]
  it.each(badRecords)('records with %s', async (_what, code, message) => {
    const eve = await greeted()
    const before = structuredClone(world.store.line('eve'))
    eve.send(message())
    await world.settle()
    expect(eve.errors()).toEqual([code])
    expect(world.refused).toContain(code)
    expect(world.store.stream('eve').records).toEqual([])
    expect(world.store.line('eve')).toEqual(before)
    await expectOthersUnharmed()
  })

  it.each(['shard:anna', 'tail:eve:1', 'tail:anna:1', 'shard:eve2', 'anything'])(
    'a change to somebody else’s document (%s)',
    async (document) => {
      const eve = await greeted()
      const before = world.store.log(document).length
      eve.send({ type: 'put', number: 1, document, items: [new Uint8Array([1])] })
      await world.settle()
      expect(eve.errors()).toEqual(['document_forbidden'])
      expect(world.refused).toEqual(['document_forbidden'])
      expect(world.store.log(document)).toHaveLength(before)
      await expectOthersUnharmed()
    },
  )

  it('a segment whose bytes are not what its name says', async () => {
    const eve = await greeted()
    eve.send({ type: 'segment', name: sha256('one'), bytes: new Uint8Array([1]) })
    await world.settle()
    expect(eve.errors()).toEqual(['segment_invalid'])
    expect(world.refused).toEqual(['segment_invalid'])
    await expectOthersUnharmed()
    expect(world.store.hasSegment(sha256('one'))).toBe(false)
  })

  const badFrames: readonly [string, string, Frame][] = [
    ['too large', 'frame_too_large', new Uint8Array(MAX_FRAME_TO_SERVER + 1)],
    ['empty', 'frame_malformed', new Uint8Array(0)],
    ['not JSON', 'frame_malformed', '{"type":'],
    ['no message', 'frame_malformed', '[]'],
    ['of wrong fields', 'frame_malformed', '{"type":"entries-wanted","after":-1}'],
    ['with a fraction for a position', 'frame_malformed', '{"type":"entries-wanted","after":0.5}'],
    ['cut short', 'frame_malformed', new Uint8Array([1, 5])],
    ['with a length beyond its end', 'frame_malformed', new Uint8Array([3, 1, 200, 1])],
    ['of a kind nobody knows', 'message_unknown', '{"type":"from-the-future"}'],
    ['of a kind that only servers send', 'message_unknown', '{"type":"welcome"}'],
    ['named as a part of every object', 'message_unknown', '{"type":"constructor"}'],
    ['of an unknown binary kind', 'message_unknown', new Uint8Array([99, 1])],
  ]
  it.each(badFrames)('a frame that is %s', async (_what, code, frame) => {
    const eve = await greeted()
    eve.say(frame)
    await world.settle()
    expect(eve.errors()).toEqual([code])
    expect(world.refused).toEqual([code])
    expect(eve.isClosed()).toBe(code !== 'message_unknown')
    await expectOthersUnharmed()
  })

  it('anything before the greeting, and a second greeting', async () => {
    const early = rawDevice(world, 'eve')
    early.send({ type: 'entries-wanted', after: 0 })
    const twice = rawDevice(world, 'mallory')
    twice.send(hello())
    twice.send(hello())
    await world.settle()
    expect(early.errors()).toEqual(['message_unexpected'])
    expect(twice.errors()).toEqual(['message_unexpected'])
    expect(world.refused).toEqual(['message_unexpected', 'message_unexpected'])
    await expectOthersUnharmed()
  })

  it('more at once than a device may send', async () => {
    const busy = createSyncWorld({ rate: (bytes) => (bytes > 300 ? 5_000 : 0) })
    world = busy
    const eve = rawDevice(world, 'eve')
    eve.send(hello())
    await world.settle()
    eve.say('x'.repeat(301))
    await world.settle()
    expect(eve.errors()).toEqual(['rate_limited'])
    expect(world.refused).toEqual(['rate_limited'])
    expect(eve.heard.at(-1)).toMatchObject({ retryAfterMs: 5_000 })
    expect(eve.isClosed()).toBe(true)
  })
})

it('a gap in a device’s records is asked for, and nothing after it is taken in', async () => {
  const eve = await greeted()
  eve.send(records('eve', [1, 2, 3]))
  await world.settle()
  const later = { sequence: 9, hash: 'b'.repeat(64) }
  eve.send(records('eve', [1], { from: 9, to: later, signature: signature('key of eve', later) }))
  await world.settle()
  const wanted = eve.heard.find((one) => one.type === 'records-wanted')
  expect(wanted).toMatchObject({ after: { sequence: 3 } })
  expect(world.store.stream('eve').records).toHaveLength(3)
})

it('a wish for credits waits for the records that say what became of the last', async () => {
  const eve = await greeted()
  const before = structuredClone(world.store.line('eve'))
  eve.send({ type: 'lease-request', needed: millicredits(500), operation: null, records: 2 })
  await world.settle()
  expect(eve.heard.at(-1)).toMatchObject({ type: 'records-wanted', after: { sequence: 0 } })
  expect(world.store.line('eve')).toEqual(before)
  eve.send(records('eve', [30, 40]))
  await world.settle()
  const { granted, ended } = world.store.line('eve')
  expect([granted - ended, ended]).toEqual([530, 70])
})

it('a lease whose lines were changed on the way is not taken up', async () => {
  world.through((frame, from) => {
    if (from !== 'server' || typeof frame !== 'string') return [1]
    return frame.includes('"type":"lease"') ? [] : [1]
  })
  const cut = world.device('carl')
  await world.settle()
  expect(cut.available()).toBe(0)
  const taken = cut.authority.takeLease(
    {
      accountId: 'account-1',
      deviceId: 'carl',
      version: 1,
      issuedAt: 0,
      expiresAt: 1,
      entries: 1,
      lines: [],
    },
    'not the server’s',
  )
  expect(taken).toMatchObject({ ok: false })
  expect(cut.disk.leaseVersion).toBe(0)
})

it('who never greets, or falls silent, is cut off', async () => {
  const silent = rawDevice(world, 'eve')
  const quiet = await greeted('mallory')
  await world.settle(11_000)
  expect(silent.isClosed()).toBe(true)
  expect(quiet.isClosed()).toBe(false)
  await world.settle(100_000)
  expect(quiet.isClosed()).toBe(true)
})

it('a store that fails ends the connection, and what was sent is there once when it is back', async () => {
  world.store.failing.before = 1
  anna.spend(3)
  await world.settle(20)
  expect(world.refused).toContain('server_trouble')
  await world.settle(10_000)
  world.store.failing.after = 1
  anna.spend(4)
  await world.settle(10_000)
  expect(world.store.stream('anna').records.map(({ spent }) => spent)).toEqual([3, 4])
  expect(anna.connection.state()).toMatchObject({ pending: 0, status: { state: 'synced' } })
})
