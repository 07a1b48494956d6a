import { afterEach, describe, expect, it } from 'vitest'
import { closeWorld, open, run, start, world } from '../../support/meter-runs.ts'
import { imageRequest, unwrap, voiceRequest } from '../../support/meter-world.ts'
import { createScriptedProvider, failing, png } from '../../support/scripted-provider.ts'

afterEach(closeWorld)

describe('images and voice', () => {
  it('charge each image that was delivered', async () => {
    open(createScriptedProvider({ media: async () => png() }))
    const ended = await run(imageRequest({ count: 3 }))
    expect(ended.ending?.charged).toBe(150_000)
    expect(ended.creationIds).toHaveLength(3)
  })

  it('say to every window what they make, until the end and after', async () => {
    open(createScriptedProvider({ media: async () => png() }))
    const images = start(imageRequest({ prompt: 'A stick', count: 3, shape: 'portrait' }))
    expect(images.making).toEqual({ prompt: 'A stick', count: 3, shape: 'portrait' })
    expect((await world.finish(images.operationId)).making).toEqual(images.making)
    const voice = start(voiceRequest({ text: 'Read me' }))
    expect(voice.making).toEqual({ prompt: 'Read me', count: 1, shape: null })
    await world.finish(voice.operationId)
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
