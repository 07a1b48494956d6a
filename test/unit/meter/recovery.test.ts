import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { interruptedNotice, recoverRuns } from '../../../src-main/meter/recovery.ts'
import {
  chatRequest,
  createMeterWorld,
  imageRequest,
  type MeterWorld,
  unwrap,
} from '../../support/meter-world.ts'
import { createScriptedProvider, png, thenHang } from '../../support/scripted-provider.ts'
import type { RunRequest } from '#shared/host/requests.ts'

let worlds: MeterWorld[] = []
afterEach(async () => {
  for (const world of worlds) await world.dispose().catch(() => undefined)
  for (const { directory } of worlds) rmSync(directory, { recursive: true, force: true })
  worlds = []
})

/** Runs `request` until `ms` have passed, then crashes; gives the world that starts next. */
async function crashDuring(request: RunRequest, texts: readonly string[], ms: number) {
  const provider = createScriptedProvider({
    chat: () => thenHang(...texts),
    media: async (_call, tried) => (tried <= 2 ? png() : new Promise(() => undefined)),
  })
  const before = createMeterWorld({ provider, credits: 1_000 })
  const { promisedMaximum } = unwrap(before.meter.quote(request))
  const operationId = crypto.randomUUID()
  unwrap(before.meter.start({ operationId, request, acceptedMaximum: promisedMaximum }))
  await before.time.advance(ms)
  before.crash()
  const { directory, time } = before
  const after = createMeterWorld({ provider, directory, time })
  worlds.push(after)
  return after
}

describe('recovering after a crash', () => {
  it('charges what the last checkpoint says was delivered', async () => {
    const world = await crashDuring(chatRequest({ text: 'Hi' }), ['one two three'], 1_000)
    const [run] = unwrap(recoverRuns(world.ledger))
    expect(run?.ending).toMatchObject({
      status: 'settled',
      outcome: 'interrupted',
      charged: 3_500,
    })
    expect(world.held()).toBe(0)
    expect(world.available()).toBe(996_500)
  })

  it('voids a run of which nothing had arrived', async () => {
    const world = await crashDuring(chatRequest(), [], 1_000)
    const [run] = unwrap(recoverRuns(world.ledger))
    expect(run?.ending).toMatchObject({ status: 'voided', charged: 0 })
    expect(world.available()).toBe(1_000_000)
  })

  it('charges the images that were kept', async () => {
    const world = await crashDuring(imageRequest({ count: 4 }), [], 1_000)
    const [run] = unwrap(recoverRuns(world.ledger))
    expect(run?.ending.charged).toBe(100_000)
  })

  it('finds nothing to do the second time', async () => {
    const world = await crashDuring(chatRequest(), ['word'], 1_000)
    expect(unwrap(recoverRuns(world.ledger))).toHaveLength(1)
    const { sequence } = world.ledger.head()
    expect(unwrap(recoverRuns(world.ledger))).toEqual([])
    expect(world.ledger.head().sequence).toBe(sequence)
  })

  it('tells what it cost in words', async () => {
    const charged = await crashDuring(chatRequest({ text: 'Hi' }), ['one two three'], 1_000)
    const [run] = unwrap(recoverRuns(charged.ledger))
    expect(run && interruptedNotice(run).message).toBe(
      'A chat reply was interrupted when Tallystick closed. You were charged 3.5 credits for what had arrived.',
    )
  })
})
