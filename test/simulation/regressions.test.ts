/** What once broke a world, as the few steps that did it. */

import { expect, test } from 'vitest'
import { runSteps } from './run.ts'
import type { Step } from './steps.ts'

interface Regression {
  readonly what: string
  readonly seed: number
  readonly steps: readonly Step[]
}

const wait = (ms: number, salt = 1): Step => ({ kind: 'wait', salt, ms })
const sync = (which: number, salt: number, process: number, needed = 0): Step => {
  return { kind: 'sync', salt, which, process, needed }
}

const REGRESSIONS: readonly Regression[] = [
  {
    what: 'credits that were leased and ended while a machine was away block every later lease',
    seed: 4,
    steps: [
      sync(67, 1070867822, 767),
      wait(3538546, 1034353626),
      sync(115, 1804426381, 817),
      wait(12259868, 198980208),
      { kind: 'crash', salt: 1075058010, which: 631, when: 'before' },
      { kind: 'plan', salt: 808621278, process: 244, plan: 2, seats: 3 },
      sync(283, 179459148, 281),
      wait(2668359155, 2026849842),
      wait(3963919115, 1608484771),
    ],
  },
  {
    what: 'a grant that seemed over was passed over, put off later, leased, and refused for good',
    seed: 59,
    steps: [
      { kind: 'publish', salt: 1704445558, days: 17 },
      { kind: 'crash', salt: 92655661, which: 660, when: 'before' },
      { kind: 'buy', salt: 1210972702, process: 241, offer: 'pool', quantity: 2, code: null },
      { kind: 'turn-clock', salt: 1031311947, which: 347, ms: 427471139 },
      wait(3000344296),
      sync(876, 1674734731, 41),
      { kind: 'publish', salt: 459607540, days: 6 },
      wait(519306428),
      { kind: 'buy', salt: 681212239, process: 477, offer: 'pool', quantity: 2, code: 'MORE' },
      wait(277267159),
      sync(779, 1676185847, 84, 158),
      wait(1701439988),
      wait(2257184094),
      wait(2396118628),
    ],
  },
]

test.for(REGRESSIONS)('$what', async ({ seed, steps }) => {
  expect(await runSteps('rules', seed, steps)).toMatchObject({ failure: null })
})
