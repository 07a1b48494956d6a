import { test } from 'vitest'
import { expectAll, playSeeds } from './play-seeds.ts'
import { HALF, HAPPENS, STEPS } from './rules-seeds.ts'

test(`the rules hold in worlds 1 to ${HALF}, whatever goes wrong in them`, async () => {
  expectAll(await playSeeds('rules', 1, HALF, STEPS), HAPPENS)
})
