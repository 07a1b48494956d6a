import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Frame, readFromDevice, readFromServer, writeFrame } from '#shared/sync/frames.ts'
import { createSyncWorld } from '../../support/sync/world.ts'

const anyBytes = fc.uint8Array({ maxLength: 300 })

it('any bytes and any text are read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.oneof(anyBytes, fc.string({ maxLength: 300 }), fc.json()), (frame) => {
      for (const read of [readFromDevice(frame), readFromServer(frame)]) {
        if (!read.ok) expect(read.error.code).toMatch(/^frame_|^message_unknown$/)
      }
    }),
    { numRuns: 3_000 },
  )
})

it('bytes that are read are written as they were', () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 3, 6), anyBytes, (kind, rest) => {
      const frame = Uint8Array.from([kind, ...rest])
      const read = readFromDevice(frame)
      if (read.ok) expect(writeFrame(read.data)).toEqual(frame)
    }),
    { numRuns: 3_000 },
  )
})

/** Frames as a device sent them, each with some of it changed. */
function mutations(frames: readonly Frame[], count: number, seed: number): Frame[] {
  const mutated: Frame[] = []
  const change = fc.sample(
    fc.record({
      which: fc.nat(frames.length - 1),
      at: fc.nat(400),
      value: fc.nat(255),
      cut: fc.oneof({ weight: 4, arbitrary: fc.constant(1_000) }, fc.nat(300)),
    }),
    { numRuns: count, seed },
  )
  for (const { which, at, value, cut } of change) {
    const frame = frames[which] ?? ''
    if (typeof frame === 'string') {
      const place = at % (frame.length + 1)
      const text = frame.slice(0, place) + String.fromCharCode(value) + frame.slice(place + 1)
      mutated.push(text.slice(0, cut))
    } else {
      const copy = Uint8Array.from(frame)
      copy[at % copy.length] = value
      mutated.push(copy.slice(0, cut))
    }
  }
  return mutated
}

it('10,000 mutated frames: no crash, no growth, nothing changed that is another’s', async () => {
  const world = createSyncWorld()
  const anna = world.device('anna')
  const eve = world.device('eve')
  world.store.grant(1_000)
  await world.settle()
  eve.spend(1)
  eve.edit('account', 'one')
  eve.addSegment('history')
  eve.wants(300)
  await world.settle()
  const said = world.frames.filter(({ device, from }) => device === 'eve' && from === 'device')
  const frames = said.map(({ frame }) => frame)
  const [hello] = frames
  eve.kill()
  const anothers = () => [world.store.stream('anna'), world.store.line('anna'), world.store.entries]
  const before = structuredClone(anothers())

  const all = mutations(frames, 10_000, 20_261_121)
  let heap = 0
  for (let at = 0; at < all.length; at += 10) {
    const state = { isOver: false }
    const wire = world.dialAs('eve')('token', {
      open() {},
      frame() {},
      closed() {
        state.isOver = true
      },
    })
    if (at % 20 === 0 && hello !== undefined) wire.send(hello)
    for (const frame of all.slice(at, at + 10)) if (!state.isOver) wire.send(frame)
    await world.settle(10)
    wire.close()
    world.frames.length = 0
    if (at === 2_000) heap = used()
  }
  await world.settle(1_000)

  expect(anothers()).toEqual(before)
  expect(anna.connection.state().status.state).toBe('synced')
  expect(world.processes[0]?.count).toBe(1)
  expect(used() - heap).toBeLessThan(8_000_000)
  anna.spend(2)
  await world.settle()
  expect(world.store.stream('anna').records).toHaveLength(1)
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use after what nobody holds is gone. */
function used(): number {
  collect()
  return process.memoryUsage().heapUsed
}
