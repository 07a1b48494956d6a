import { afterEach, describe, expect, it } from 'vitest'
import { closeWorld, newId, open, run, start, world } from '../../support/meter-runs.ts'
import { chatRequest, unwrap } from '../../support/meter-world.ts'
import {
  createScriptedProvider,
  end,
  failing,
  parts,
  text,
  thenHang,
} from '../../support/scripted-provider.ts'

afterEach(closeWorld)

describe('stopping', () => {
  it('charges what was delivered', async () => {
    open(createScriptedProvider({ chat: () => thenHang('one two three') }))
    const { operationId } = start(chatRequest({ text: 'Hi' }))
    await world.time.advance(100)
    unwrap(world.meter.stop(operationId))
    const ended = await world.finish(operationId)
    expect(ended.ending).toMatchObject({ status: 'settled', outcome: 'stopped', charged: 3_500 })
    expect([...world.replies.values()][0]).toMatchObject({ text: 'one two three' })
  })

  it('costs nothing when nothing had arrived, even if the provider never notices', async () => {
    open(createScriptedProvider({ chat: () => thenHang() }))
    const { operationId } = start(chatRequest())
    await world.time.advance(100)
    unwrap(world.meter.stop(operationId))
    const ended = await world.finish(operationId, 0)
    expect(ended.ending).toMatchObject({ status: 'voided', outcome: 'stopped', charged: 0 })
  })

  it('twice is once', async () => {
    open(createScriptedProvider({ chat: () => thenHang('word') }))
    const { operationId } = start(chatRequest())
    await world.time.advance(100)
    unwrap(world.meter.stop(operationId))
    unwrap(world.meter.stop(operationId))
    const ended = await world.finish(operationId)
    unwrap(world.meter.stop(operationId))
    expect(unwrap(world.meter.attach(operationId)).ending).toEqual(ended.ending)
  })

  it('happens by itself when a run lasts too long, and charges what was delivered', async () => {
    open(createScriptedProvider({ chat: () => thenHang('word') }))
    const ended = await run(chatRequest(), 11 * 60_000)
    expect(ended.ending).toMatchObject({ status: 'settled', outcome: 'timed-out' })
  })
})

describe('failures', () => {
  it('before any output cost nothing', async () => {
    open(createScriptedProvider({ chat: () => parts(failing('unauthorized')) }))
    const ended = await run(chatRequest())
    expect(ended.ending).toMatchObject({
      status: 'voided',
      outcome: 'failed',
      charged: 0,
      error: { code: 'unauthorized' },
    })
    expect(world.available()).toBe(1_000_000)
  })

  it('after some output charge the input and what was delivered', async () => {
    open(
      createScriptedProvider({
        chat: () => parts(text('one two'), failing('unreachable')),
      }),
    )
    const ended = await run(chatRequest({ text: 'Hi' }))
    expect(ended.ending).toMatchObject({ status: 'settled', outcome: 'failed', charged: 2_500 })
  })

  it('by rate limit are tried again inside one hold, after the wait that was asked', async () => {
    const provider = createScriptedProvider({
      chat: (_call, tried) =>
        tried < 3
          ? parts(failing('rate_limited', 5_000))
          : parts(text('at last'), end({ inputTokens: 0, outputTokens: 2 })),
    })
    open(provider)
    const { operationId, held } = start(chatRequest())
    await world.time.advance(1)
    expect(unwrap(world.meter.attach(operationId))).toMatchObject({
      phase: 'retrying',
      retryAt: world.time.now() - 1 + 5_000,
    })
    await world.time.advance(6_000)
    expect(world.held()).toBe(held)
    const ended = await world.finish(operationId)
    expect(provider.calls).toHaveLength(3)
    expect(ended.ending).toMatchObject({ status: 'settled', charged: 2_000 })
    expect(world.ledger.head().sequence).toBe(4)
  })

  it('by rate limit that lasts give up and cost nothing', async () => {
    const provider = createScriptedProvider({ chat: () => parts(failing('rate_limited')) })
    open(provider)
    const ended = await run(chatRequest(), 10 * 60_000)
    expect(provider.calls).toHaveLength(5)
    expect(ended.ending).toMatchObject({ status: 'voided', outcome: 'rate-limited' })
  })

  it('can be stopped while waiting to try again', async () => {
    const provider = createScriptedProvider({ chat: () => parts(failing('rate_limited', 20_000)) })
    open(provider)
    const { operationId } = start(chatRequest())
    await world.time.advance(1_000)
    unwrap(world.meter.stop(operationId))
    const ended = await world.finish(operationId, 0)
    expect(ended.ending).toMatchObject({ status: 'voided', outcome: 'stopped' })
    expect(provider.calls).toHaveLength(1)
  })

  it('of the library before the run return the hold', () => {
    open(createScriptedProvider({}), {
      refusal: { in: 'startReply', error: { code: 'disk_full', message: 'The disk is full.' } },
    })
    const request = chatRequest()
    const { promisedMaximum } = unwrap(world.meter.quote(request))
    const started = world.meter.start({
      operationId: newId(),
      request,
      acceptedMaximum: promisedMaximum,
    })
    expect(started).toMatchObject({ ok: false, error: { code: 'disk_full' } })
    expect(world.available()).toBe(1_000_000)
    expect(world.ledger.openHolds()).toEqual([])
  })
})

describe('after a crash', () => {
  it('closing stops every run and settles it as interrupted', async () => {
    open(createScriptedProvider({ chat: () => thenHang('one two') }))
    const { operationId } = start(chatRequest({ text: 'Hi' }))
    await world.time.advance(300)
    await world.meter.close()
    const ended = await world.finish(operationId, 0)
    expect(ended.ending).toMatchObject({ outcome: 'interrupted', charged: 2_500 })
    const late = world.meter.start({
      operationId: newId(),
      request: chatRequest(),
      acceptedMaximum: 1e9,
    })
    expect(late).toMatchObject({ ok: false, error: { code: 'closing' } })
  })
})
