import { test } from 'vitest'
import { expectAll, playSeeds } from './play-seeds.ts'

const SEEDS = 12
const STEPS = 400

test(`money that stayed is credits, to the cent, in ${SEEDS} worlds of storms and crashes`, async () => {
  const seen = await playSeeds('purchases', 1, SEEDS, STEPS)
  expectAll(seen, [
    'message lost',
    'died before a write',
    'died after a write',
    'payTwice',
    'payWrong',
    'ended granted',
    'ended refunded',
    'ended disputed',
    'ended declined',
  ])
})
