import { expect, test } from 'vitest'
import { expectAll, playSeeds } from './play-seeds.ts'
import { runSeed } from './run.ts'

const SEEDS = 3
const STEPS = 200

test(`ledgers on disks, both ends of the wire and the store hold in ${SEEDS} worlds`, async () => {
  const seen = await playSeeds('whole', 1, SEEDS, STEPS)
  expectAll(seen, ['joined', 'lease', 'report', 'hold', 'machine dies', 'torn write', 'named'])
})

test('what was charged to credits that are over since is none of what the team has', async () => {
  expect(await runSeed('whole', 16, 200)).toMatchObject({ failure: null })
})

test('the same steps make the same world', async () => {
  const [first, again] = [await runSeed('whole', 5, 60), await runSeed('whole', 5, 60)]
  expect(first.digest).not.toBeNull()
  expect(again.digest).toBe(first.digest)
  expect(first.failure).toBeNull()
})
