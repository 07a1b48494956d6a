import { afterEach, describe, expect, it } from 'vitest'
import { closeWorld, open, run, start, world } from '../../support/meter-runs.ts'
import { chatRequest, unwrap } from '../../support/meter-world.ts'
import { createScriptedProvider, end, parts, text } from '../../support/scripted-provider.ts'

afterEach(closeWorld)

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
