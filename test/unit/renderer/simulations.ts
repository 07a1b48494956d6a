import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { Simulation, SimulatedMonth } from '#shared/simulation/outcome.ts'

export const credits = (amount: number) => millicredits(amount * 1_000)

/** A free plan under which all went well. */
export const simulation = (changes: Partial<Simulation>): Simulation => ({
  planId: 'free',
  planName: 'Free',
  catalogName: 'Test',
  catalogVersion: 'test-1',
  months: [],
  runs: 10,
  used: credits(100),
  overage: ZERO,
  refused: ZERO,
  refusedRuns: 0,
  expired: ZERO,
  packs: 0,
  ranOut: 0,
  money: { amount: 0, currency: 'USD' },
  leftOut: [],
  cappedRuns: 0,
  ...changes,
})

export const month = (startsAt: number, refusedRuns: number): SimulatedMonth => ({
  startsAt,
  endsAt: startsAt + 1,
  allowance: ZERO,
  addOnCredits: ZERO,
  rolledOver: ZERO,
  used: ZERO,
  overage: ZERO,
  refused: ZERO,
  refusedRuns,
  expired: ZERO,
  packs: 0,
  packCredits: ZERO,
  money: null,
})
