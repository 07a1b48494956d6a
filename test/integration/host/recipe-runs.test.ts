/** Running recipes through the whole host: who pays, what goes to whom, and who sees what. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ImageRequest, RunRequest } from '#shared/host/requests.ts'
import type { RunView } from '#shared/host/views.ts'
import { chat, type HostWorld, openHostWorld } from '../../support/host-world.ts'
import { temporaryFolder, type TemporaryFolder, unwrap } from '../../support/ledger.ts'
import { aCreator, aDraft } from '../../support/recipes.ts'

let folder: TemporaryFolder
let world: HostWorld

beforeEach(async () => {
  folder = temporaryFolder()
  world = unwrap(await openHostWorld(folder.path))
})
afterEach(async () => {
  await world.host.close()
  folder.remove()
})

const image = (patch: Partial<ImageRequest> = {}): ImageRequest => ({
  studio: 'image',
  prompt: 'A lighthouse nobody may know of',
  modelId: 'practice/sketch',
  count: 1,
  shape: 'square',
  subject: 'Secret project',
  ...patch,
})

const quote = (request: RunRequest) => world.ask('quote.read', { request })
const explain = ({ operationId }: RunView) => world.ask('usage.explain', { operationId })

async function imported(): Promise<string> {
  const { recipe } = await world.ask('recipes.import', {
    text: aCreator('Ana').file({
      setup: { studio: 'image', count: 1, shape: 'square' },
      operation: 'image.standard',
    }),
  })
  return recipe.id
}

describe('somebody else’s recipe', () => {
  it('costs the runner the premium of the catalog on top, as quoted', async () => {
    const recipeId = await imported()
    const plain = await quote(image())
    const asked = await quote(image({ recipeId }))
    expect(asked.quote.premium).toMatchObject({ percent: 5 })
    expect(asked.quote.maximum).toBe(
      plain.quote.maximum + (asked.quote.premium?.maximum ?? Number.NaN),
    )
    expect(asked.recipe).toMatchObject({ id: recipeId, creatorName: 'Ana', own: false })

    const run = await world.run(image({ recipeId }))
    const { charge, facts, paidBy } = await explain(run)
    expect(charge?.premium?.amount).toBeGreaterThan(0)
    expect(charge?.amount).toBeLessThanOrEqual(asked.quote.maximum)
    expect(facts.recipe).toMatchObject({ id: recipeId, name: 'Haiku' })
    expect(paidBy.reduce((sum, { amount }) => sum + amount, 0)).toBe(charge?.amount)
    const balance = await world.ask('balance.read', {})
    expect(balance.available).toBe(500_000 - (charge?.amount ?? 0))
    expect(await world.ask('ledger.verify', {})).toMatchObject({ problems: [] })
  })

  it('brings its creator counts and credits, and nothing of what was made', async () => {
    const recipeId = await imported()
    const first = await explain(await world.run(image({ recipeId })))
    const second = await explain(await world.run(image({ recipeId, prompt: 'Another secret' })))
    const premiums = [first, second].map(({ charge }) => charge?.premium?.amount ?? Number.NaN)
    const earnings = await world.ask('recipes.earnings', {})
    expect(earnings).toEqual([
      {
        recipeId,
        recipeName: 'Haiku',
        creatorId: first.facts.recipe?.creatorId,
        runs: 2,
        credits: (premiums[0] ?? 0) + (premiums[1] ?? 0),
      },
    ])
    for (const word of ['lighthouse', 'secret', 'Secret', 'practice', first.facts.deviceId]) {
      expect(JSON.stringify(earnings)).not.toContain(word)
    }
  })

  it('leaves all that was earned in the ledger when it is deleted', async () => {
    const recipeId = await imported()
    const run = await world.run(image({ recipeId }))
    await world.ask('recipes.delete', { recipeId })
    expect(await world.ask('recipes.earnings', {})).toMatchObject([{ recipeId, runs: 1 }])
    expect((await explain(run)).facts.recipe?.name).toBe('Haiku')
    expect(await world.call('quote.read', { request: image({ recipeId }) })).toMatchObject({
      ok: false,
      error: { code: 'recipe_not_found' },
    })
  })
})

describe('an own recipe', () => {
  it('costs no premium, and its runs are counted', async () => {
    const recipe = await world.ask('recipes.save', aDraft())
    const threadId = crypto.randomUUID()
    await world.ask('threads.create', { threadId })
    const request = chat(threadId, { recipeId: recipe.id })
    expect((await quote(request)).quote).not.toHaveProperty('premium')
    const { charge, facts } = await explain(await world.run(request))
    expect(charge).not.toHaveProperty('premium')
    expect(facts.recipe?.creatorId).toBe(recipe.creator.key)
    expect(await world.ask('recipes.earnings', {})).toMatchObject([
      { recipeId: recipe.id, runs: 1, credits: 0 },
    ])
  })
})
