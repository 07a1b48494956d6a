/** What a machine shows of its team, as it was told. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inStep, pairInStep, totalsAre } from '../../support/team-steps.ts'
import { ALLOWANCE, createTeamWorld, eventually, type TeamWorld } from '../../support/team-world.ts'

let world: TeamWorld
beforeEach(async () => {
  world = await createTeamWorld()
  await world.serve()
})
afterEach(() => world.close())

describe('an answer about the team that comes late', () => {
  it('sets back neither what the team has nor who is what in it', async () => {
    const late = lateAnswers('team.read')
    const { ada, grace } = await pairInStep(world, { fetch: late.fetch })
    const members = (await ada.ask('team.read', {}))?.members ?? []
    const memberId = members.find(({ name }) => name === 'Grace')?.id ?? ''
    // Only heard, as asking would have the team read once more.
    const shown = () => grace.events.filter((event) => event.type === 'team')
    const role = async () => shown().at(-1)?.team?.role

    late.hold()
    await ada.ask('team.setRole', { memberId, role: 'admin' })
    await eventually(
      async () => late.held(),
      (held) => held === 1,
    )
    late.letThrough()
    await ada.ask('team.setRole', { memberId, role: 'owner' })
    await eventually(role, (one) => one === 'owner')
    const { charged } = await grace.spendAll(1)
    expect(charged).toBeGreaterThan(0)
    await inStep(ada, grace)
    await totalsAre([ada, grace], 2 * ALLOWANCE - charged)

    const before = shown().length
    late.release()
    await eventually(
      async () => shown().length,
      (times) => times > before,
    )
    await totalsAre([grace], 2 * ALLOWANCE - charged, 0)
    expect(await role()).toBe('owner')
  })
})

/** A network on which the server's answers to a call can be kept for later. */
function lateAnswers(name: string) {
  let isHolding = false
  const waiting: (() => void)[] = []
  const fetched: typeof globalThis.fetch = async (input, init) => {
    const answer = await fetch(input, init)
    const isKept = isHolding && (input as string | URL).toString().endsWith(`/v1/${name}`)
    if (isKept) await new Promise<void>((resolve) => waiting.push(resolve))
    return answer
  }
  return {
    fetch: fetched,
    hold() {
      isHolding = true
    },
    held: () => waiting.length,
    /** What is asked from now on is answered at once. */
    letThrough() {
      isHolding = false
    },
    release() {
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}
