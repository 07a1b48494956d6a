import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TEAM_FILE } from '../../../src-main/sync/team-file.ts'
import {
  found,
  inStep,
  invited,
  pairInStep,
  stateOf,
  totalOf,
  totalsAre,
  usageOf,
} from '../../support/team-steps.ts'
import { ALLOWANCE, createTeamWorld, eventually, type TeamWorld } from '../../support/team-world.ts'

let world: TeamWorld
beforeEach(async () => {
  world = await createTeamWorld()
  await world.serve()
})
afterEach(() => world.close())

describe('a team', () => {
  it('is left for good, though the app died before it had let go of it', async () => {
    const { grace } = await pairInStep(world)
    const folder = readdirSync(grace.directory, { recursive: true, encoding: 'utf8' })
    const file = join(grace.directory, folder.find((name) => basename(name) === TEAM_FILE) ?? '')
    const kept = readFileSync(file)
    await grace.ask('team.leave', { withoutServer: false })
    await world.shut(grace)
    writeFileSync(file, kept)
    const again = await world.open(grace.directory)
    expect(await again.ask('team.read', {})).toBeNull()
    expect(await stateOf(again)).toBe('alone')
  })

  it('is left with what one brought and is unspent', async () => {
    const { ada, grace } = await pairInStep(world)
    const { charged } = await grace.spendAll(1)
    await inStep(ada, grace)
    await grace.ask('team.leave', { withoutServer: false })
    expect(await grace.ask('team.read', {})).toBeNull()
    expect(await stateOf(grace)).toBe('alone')
    expect(await grace.credits()).toEqual({ available: ALLOWANCE - charged, elsewhere: 0 })
    const alone = await grace.spendAll(1)
    expect(alone.charged).toBeGreaterThan(0)
    await totalsAre([ada], ALLOWANCE)
  })

  it.each(['by the person', 'by itself, after a restart'])(
    'is left though the answer was lost: asked again %s',
    async (how) => {
      let isLost = true
      const lossy: typeof fetch = async (input, init) => {
        const answer = await fetch(input, init)
        const address = input instanceof Request ? input.url : input.toString()
        if (isLost && address.endsWith('team.leave')) throw new TypeError('cut off')
        return answer
      }
      const { ada, grace } = await pairInStep(world, { fetch: lossy })
      const asked = await grace.call('team.leave', { withoutServer: false })
      expect(asked).toMatchObject({ ok: false, error: { code: 'server_unreachable' } })
      isLost = false
      let again = grace
      if (how === 'by the person') await grace.call('team.leave', { withoutServer: false })
      else {
        await world.shut(grace)
        again = await world.open(grace.directory)
      }
      await eventually(
        () => stateOf(again),
        (is) => is === 'alone',
      )
      expect(await again.credits()).toEqual({ available: ALLOWANCE, elsewhere: 0 })
      expect(await again.ask('team.read', {})).toBeNull()
      await totalsAre([ada], ALLOWANCE)
    },
  )

  it('is come to again with what is left by then, and each run is told once', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(world, ada)
    await inStep(ada)
    let charged = 0
    for (const runsAlone of [1, 0]) {
      charged += (await grace.spendAll(runsAlone)).charged
      await invited(ada, grace)
      await inStep(ada, grace)
      charged += (await grace.spendAll(1)).charged
      await inStep(ada, grace)
      await totalsAre([ada, grace], 2 * ALLOWANCE - charged)
      await grace.ask('team.leave', { withoutServer: false })
      expect(await totalOf(grace)).toBe(ALLOWANCE - charged)
      await totalsAre([ada], ALLOWANCE)
    }
    const usage = await eventually(
      () => usageOf(ada),
      (all) => all.reduce((sum, { credits }) => sum + credits, 0) === charged,
    )
    expect(usage.reduce((sum, { runs }) => sum + runs, 0)).toBe(3)
    await invited(ada, grace)
    await inStep(ada, grace)
    await eventually(
      () => usageOf(grace),
      (seen) => JSON.stringify(seen) === JSON.stringify(usage),
    )
  })
})
