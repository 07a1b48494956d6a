import { afterEach, describe, expect, it } from 'vitest'
import { closeWorld, newId, open, run, start, world } from '../../support/meter-runs.ts'
import { chatRequest, imageRequest, unwrap, voiceRequest } from '../../support/meter-world.ts'
import {
  createScriptedProvider,
  end,
  parts,
  png,
  text,
  thenHang,
} from '../../support/scripted-provider.ts'

afterEach(closeWorld)

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
