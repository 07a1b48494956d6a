import { test } from 'vitest'
import { expectAll, playSeeds } from './play-seeds.ts'

const SEEDS = 12
const STEPS = 400

test(`money that stayed is credits, to the cent, in ${SEEDS} worlds of storms, crashes and spending`, async () => {
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
    'spent',
    'refilled',
    'called back for a refund',
    'called back for a dispute',
    'part contested',
    'contested again',
    'moneyBack after a dispute',
    'spent before it went back',
  ])
})

test('what was won, and is taken once more, has a name that fits (seed 65)', async () => {
  await playSeeds('purchases', 65, 1, 270)
})
