import { test } from 'vitest'
import { expectAll, playSeeds } from './play-seeds.ts'
import { HALF, HAPPENS, STEPS } from './rules-seeds.ts'

test(`the rules hold in as many worlds more`, async () => {
  expectAll(await playSeeds('rules', HALF + 1, HALF, STEPS), HAPPENS)
})
