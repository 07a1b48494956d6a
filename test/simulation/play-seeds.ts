/** Seeds as tests: each failure says how to play it again. */

import { expect } from 'vitest'
import { type Level, runSeed } from './run.ts'

/** Plays seeds; gives how often what happened in them. */
export async function playSeeds(
  level: Level,
  first: number,
  count: number,
  steps: number,
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>()
  const broke: string[] = []
  for (let seed = first; seed < first + count; seed++) {
    const { failure, seen: here } = await runSeed(level, seed, steps)
    for (const [what, times] of here) seen.set(what, (seen.get(what) ?? 0) + times)
    if (failure) broke.push(`${failure.message}: ${commandFor(level, seed, steps)}`)
  }
  expect(broke).toEqual([])
  return seen
}

export function commandFor(level: Level, seed: number, steps: number): string {
  return `npm run sim -- --level ${level} --seeds 1 --first-seed ${seed} --steps ${steps}`
}

/** A simulation in which little happens would prove little. */
export function expectAll(seen: ReadonlyMap<string, number>, kinds: readonly string[]): void {
  expect(kinds.filter((kind) => !seen.has(kind))).toEqual([])
}
