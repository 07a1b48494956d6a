/** Recipes between teams of one server: who runs them pays, and their creator has it. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { addCredits } from '#shared/credits/amount.ts'
import { chat } from '../../support/host-world.ts'
import { aDraft } from '../../support/recipes.ts'
import { found, totalsAre } from '../../support/team-steps.ts'
import { ALLOWANCE, createTeamWorld, type TeamWorld } from '../../support/team-world.ts'

let world: TeamWorld
beforeEach(async () => {
  world = await createTeamWorld()
  await world.serve()
})
afterEach(() => world.close())

it('bring their creator credits from another team', async () => {
  const [ana, ben] = [await world.machine(), await world.machine()]
  const draft = aDraft({
    prompt: 'Say hello',
    blanks: [],
    operation: 'chat.fast',
    setup: { studio: 'chat', length: 'short', webSearch: false },
  })
  const { id } = await ana.ask('recipes.save', draft)
  expect(await ana.ask('recipes.earned', {})).toBeNull()
  await found(world, ana, 'Ana')
  await found(world, ben, 'Ben')
  const { text } = await ana.ask('recipes.export', { recipeId: id })
  await ben.ask('recipes.import', { text })
  const threadId = crypto.randomUUID()
  await ben.ask('threads.create', { threadId })
  const run = await ben.run({ ...chat(threadId), recipeId: id })
  const { charge } = await ben.ask('usage.explain', { operationId: run.operationId })
  const premium = charge?.premium?.amount ?? 0
  expect(premium).toBeGreaterThan(0)

  // For a moment what is leased may be told twice, here and elsewhere.
  await totalsAre([ana], ALLOWANCE + premium)
  const earned = await ana.ask('recipes.earned', {})
  expect(earned).toMatchObject([{ recipeId: id, recipeName: draft.name, runs: 1 }])
  expect(addCredits(...(earned ?? []).map(({ credits }) => credits))).toBe(premium)
  expect(await ben.ask('recipes.earned', {})).toEqual([])
  for (const host of [ana, ben]) {
    expect(await host.ask('ledger.verify', {})).toMatchObject({ problems: [] })
  }
})
