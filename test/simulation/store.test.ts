import { test } from 'vitest'
import { playSeeds } from './play-seeds.ts'

const SEEDS = 30
const STEPS = 500

test(`the server's authority and store hold in ${SEEDS} of these worlds`, async () => {
  await playSeeds('store', 1, SEEDS, STEPS)
})
