import { afterEach, describe, expect, it } from 'vitest'
import type { Provider } from '../../../src-main/providers/provider.ts'
import {
  chatRequest,
  createMeterWorld,
  imageRequest,
  type MeterWorld,
  unwrap,
  voiceRequest,
  type WorldOptions,
} from '../../support/meter-world.ts'
import {
  createScriptedProvider,
  end,
  failing,
  parts,
  png,
  text,
  thenHang,
} from '../../support/scripted-provider.ts'
import type { RunRequest } from '#shared/host/requests.ts'
import type { RunView } from '#shared/host/views.ts'

let world: MeterWorld
afterEach(() => world.dispose())

const open = (provider: Provider, options: Partial<WorldOptions> = {}) => {
  world = createMeterWorld({ credits: 1_000, provider, ...options })
  return world
}

const newId = () => crypto.randomUUID()

function start(request: RunRequest, operationId = newId()): RunView {
  const { promisedMaximum } = unwrap(world.meter.quote(request))
  return unwrap(world.meter.start({ operationId, request, acceptedMaximum: promisedMaximum }))
}

async function run(request: RunRequest, ms?: number): Promise<RunView> {
  const { operationId } = start(request)
  return world.finish(operationId, ms)
}

describe('a chat run', () => {
  it('holds the quoted maximum before the provider is called, and returns the rest', async () => {
    let heldAtCall = 0
    open({
      ...createScriptedProvider({}),
      chat: () => {
        heldAtCall = world.held()
        return parts(text('Once upon a time'), end({ inputTokens: 10, outputTokens: 4 }))
      },
    })
    const { operationId, held } = start(chatRequest())
    const ended = await world.finish(operationId)
    expect(heldAtCall).toBe(held)
    expect(ended.ending).toMatchObject({ status: 'settled', outcome: 'completed', charged: 5_000 })
    expect(world.held()).toBe(0)
    expect(world.available()).toBe(995_000)
  })

  it('charges what the provider reports, not what was counted here', async () => {
    open(
      createScriptedProvider({
        chat: () => parts(text('word '.repeat(50)), end({ inputTokens: 0, outputTokens: 7 })),
      }),
    )
    expect((await run(chatRequest())).ending?.charged).toBe(7_000)
  })

  it('counts locally, and says so, when the provider reports nothing', async () => {
    open(createScriptedProvider({ chat: () => parts(text('one two three'), end(null)) }))
    const ended = await run(chatRequest({ text: 'Hi' }))
    const input = 5
    expect(ended.ending?.charged).toBe(input * 100 + 3 * 1_000)
  })

  it('takes a report of zero for zero', async () => {
    open(
      createScriptedProvider({
        chat: () => parts(text('free words'), end({ inputTokens: 0, outputTokens: 0 })),
      }),
    )
    const ended = await run(chatRequest())
    expect(ended.ending).toMatchObject({ status: 'settled', charged: 0 })
    expect(world.available()).toBe(1_000_000)
  })

  it('never charges more than the maximum that was shown, whatever is reported', async () => {
    open(
      createScriptedProvider({
        chat: () => parts(text('x'), end({ inputTokens: 900_000, outputTokens: 900_000 })),
      }),
    )
    const request = chatRequest()
    const { promisedMaximum } = unwrap(world.meter.quote(request))
    expect((await run(request)).ending?.charged).toBe(promisedMaximum)
  })

  it('adds the surcharge of a web search', async () => {
    open(
      createScriptedProvider({
        chat: () => parts(text('found'), end({ inputTokens: 0, outputTokens: 1 })),
      }),
    )
    expect((await run(chatRequest({ webSearch: true }))).ending?.charged).toBe(16_000)
  })

  it('cuts off a provider that ignores the length it was given', async () => {
    async function* endless() {
      for (;;) {
        await Promise.resolve()
        yield text('word '.repeat(40))
      }
    }
    const provider = createScriptedProvider({ chat: endless })
    open(provider)
    const request = chatRequest()
    const { promisedMaximum } = unwrap(world.meter.quote(request))
    const ended = await run(request)
    expect(ended.ending).toMatchObject({ status: 'settled', outcome: 'completed' })
    expect(ended.ending?.charged).toBeLessThanOrEqual(promisedMaximum)
    expect(provider.calls[0]?.signal.aborted).toBe(true)
  })

  it('asks the provider for no more output than was quoted', async () => {
    const provider = createScriptedProvider({ chat: () => parts(text('ok'), end(null)) })
    open(provider)
    await run(chatRequest({ length: 'short' }))
    expect(provider.calls[0]).toMatchObject({ maximumOutputTokens: 300 })
  })

  it('is void when the model ends without a word', async () => {
    open(createScriptedProvider({ chat: () => parts(end({ inputTokens: 500, outputTokens: 0 })) }))
    const ended = await run(chatRequest())
    expect(ended.ending).toMatchObject({ status: 'voided', outcome: 'failed', charged: 0 })
  })

  it('is void when the provider throws', async () => {
    open({
      ...createScriptedProvider({}),
      chat: () => {
        throw new Error('bug')
      },
    })
    expect((await run(chatRequest())).ending).toMatchObject({ status: 'voided', charged: 0 })
    expect(world.available()).toBe(1_000_000)
  })

  it('gives the window every piece, in an unbroken sequence', async () => {
    open(createScriptedProvider({ chat: () => parts(text('a'), text('b'), text('c'), end(null)) }))
    const { operationId } = await run(chatRequest())
    const sequences = world.events.flatMap((event) => {
      if (event.type === 'run') return [event.run.sequence]
      return event.type === 'run.delta' ? [event.sequence] : []
    })
    expect(sequences).toEqual(sequences.map((_, index) => index + 1))
    expect(unwrap(world.meter.attach(operationId)).text).toBe('abc')
  })
})

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
    expect(world.ledger.head().sequence).toBe(3)
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

describe('images and voice', () => {
  it('charge each image that was delivered', async () => {
    open(createScriptedProvider({ media: async () => png() }))
    const ended = await run(imageRequest({ count: 3 }))
    expect(ended.ending?.charged).toBe(150_000)
    expect(ended.creationIds).toHaveLength(3)
  })

  it('charge only the images before a failure', async () => {
    open(
      createScriptedProvider({
        media: async (_call, tried) =>
          tried < 3 ? png() : { ok: false, failure: failing('refused').failure },
      }),
    )
    const ended = await run(imageRequest({ count: 4 }))
    expect(ended.ending).toMatchObject({ status: 'settled', outcome: 'failed', charged: 100_000 })
  })

  it('charge nothing for an image that could not be kept', async () => {
    open(createScriptedProvider({ media: async () => png() }), {
      refusal: { in: 'addCreation', error: { code: 'disk_full', message: 'The disk is full.' } },
    })
    const ended = await run(imageRequest({ count: 2 }))
    expect(ended.ending).toMatchObject({
      status: 'voided',
      charged: 0,
      error: { code: 'disk_full' },
    })
  })

  it('charge speech by its characters, counted as a reader counts', async () => {
    open(createScriptedProvider({ media: async () => png() }))
    expect((await run(voiceRequest({ text: 'Hé 🎉' }))).ending?.charged).toBe(4_000)
  })

  it('price the least there can be before a word of speech is typed', () => {
    open(createScriptedProvider({}))
    expect(unwrap(world.meter.quote(voiceRequest({ text: '' }))).quote.maximum).toBe(1_000)
  })

  it('stop between images and charge those that are there', async () => {
    open(
      createScriptedProvider({
        media: async (_call, tried) => (tried === 1 ? png() : new Promise(() => undefined)),
      }),
    )
    const { operationId } = start(imageRequest({ count: 4 }))
    await world.time.advance(100)
    unwrap(world.meter.stop(operationId))
    const ended = await world.finish(operationId, 0)
    expect(ended.ending).toMatchObject({ outcome: 'stopped', charged: 50_000 })
  })
})

describe('starting', () => {
  const hanging = () => createScriptedProvider({ chat: () => thenHang(), media: async () => png() })

  it('with the same operation id again is the same run', async () => {
    const provider = hanging()
    open(provider)
    const first = start(chatRequest(), '00000000-0000-4000-8000-00000000000a')
    const again = start(chatRequest(), '00000000-0000-4000-8000-00000000000a')
    await world.time.advance(10)
    expect(again.operationId).toBe(first.operationId)
    expect(provider.calls).toHaveLength(1)
    expect(world.ledger.openHolds()).toHaveLength(1)
  })

  it('is refused when the price rose above what was shown', () => {
    open(hanging())
    const request = imageRequest({ count: 2 })
    const result = world.meter.start({ operationId: newId(), request, acceptedMaximum: 99_999 })
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'quote_changed', details: { quote: { promisedMaximum: 100_000 } } },
    })
    expect(world.ledger.openHolds()).toEqual([])
  })

  it('lets only as many race for the last credits as the balance covers', () => {
    open(hanging(), { credits: 175 })
    const request = imageRequest()
    const results = Array.from({ length: 6 }, () =>
      world.meter.start({ operationId: newId(), request, acceptedMaximum: 50_000 }),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(3)
    expect(results.filter((result) => !result.ok).map((result) => result.error.code)).toEqual(
      Array(3).fill('insufficient_credits'),
    )
    expect(world.available()).toBe(25_000)
  })

  it('offers a shorter reply when the balance covers no more, and keeps to it', async () => {
    const provider = createScriptedProvider({ chat: () => parts(text('ok'), end(null)) })
    open(provider, { credits: 100 })
    const view = unwrap(world.meter.quote(chatRequest({ text: 'Hi' })))
    expect(view.affordability).toMatchObject({ kind: 'shorter' })
    expect(view.promisedMaximum).toBeLessThanOrEqual(100_000)
    expect(view.quote.maximum).toBeGreaterThan(100_000)
    await run(chatRequest({ text: 'Hi' }))
    const [call] = provider.calls
    expect(call && 'maximumOutputTokens' in call && call.maximumOutputTokens).toBeLessThan(100)
  })

  it('says what is needed when even a short reply does not fit', () => {
    open(hanging(), { credits: 10 })
    const view = unwrap(world.meter.quote(chatRequest()))
    expect(view.affordability).toMatchObject({ kind: 'insufficient', available: 10_000 })
    const result = world.meter.start({
      operationId: newId(),
      request: chatRequest(),
      acceptedMaximum: view.promisedMaximum,
    })
    expect(result).toMatchObject({ ok: false, error: { code: 'insufficient_credits' } })
  })

  it.each([
    ['an empty message', chatRequest({ text: '  ' }), 'nothing_to_run'],
    ['nothing to answer', chatRequest({ text: null }), 'nothing_to_run'],
    ['an empty prompt', imageRequest({ prompt: '' }), 'nothing_to_run'],
    ['an empty text', voiceRequest({ text: '\n' }), 'nothing_to_run'],
    ['an unknown model', chatRequest({ modelId: 'test/gone' }), 'model_not_found'],
    ['a model of another studio', chatRequest({ modelId: 'test/drawer' }), 'model_not_found'],
    ['a model without a price', chatRequest({ modelId: 'test/unpriced' }), 'operation_not_priced'],
  ])('is refused for %s, and changes nothing', (_name, request, code) => {
    open(hanging())
    const result = world.meter.start({
      operationId: newId(),
      request,
      acceptedMaximum: 1_000_000_000,
    })
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(world.ledger.openHolds()).toEqual([])
    expect(world.replies.size).toBe(0)
  })

  it('is refused beyond eight runs at a time', async () => {
    open(hanging())
    for (let count = 0; count < 8; count++) start(imageOfTen())
    const request = chatRequest({ length: 'short' })
    const ninth = world.meter.start({ operationId: newId(), request, acceptedMaximum: 1e9 })
    expect(ninth).toMatchObject({ ok: false, error: { code: 'too_many_runs' } })
    await world.time.advance(10)
  })
})

const imageOfTen = () => voiceRequest({ text: 'ten chars!' })

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
