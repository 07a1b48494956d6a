/** Runs worlds, and makes a failing run short and repeatable. */

import { playPurchases } from './purchases/world.ts'
import { createRulesWorld, type RulesOptions } from './rules-world.ts'
import { type Step, stepsOf } from './steps.ts'
import { createWholeWorld } from './whole/world.ts'
import type { World } from './world.ts'

/**
 * The rules alone; the server's own authority over its own store; everything there is; or buying in a
 * world of its own.
 */
export type Level = 'rules' | 'store' | 'whole' | 'purchases'
const WORLDS: Readonly<
  Record<Exclude<Level, 'purchases'>, (seed: number, options: RulesOptions) => Promise<World>>
> = {
  rules: createRulesWorld,
  store: (seed, options) => createRulesWorld(seed, { ...options, isStored: true }),
  whole: createWholeWorld,
}

/** Everything is looked at from the start so often. */
const WHOLE_EVERY = 50

export interface Failure {
  readonly level: Level
  readonly seed: number
  /** How many steps were done; one more when the world broke while healing. */
  readonly step: number
  readonly message: string
  readonly stack: string
}

export interface Outcome {
  readonly failure: Failure | null
  readonly seen: ReadonlyMap<string, number>
  /** Of all that was written; null where the world gives none. */
  readonly digest: string | null
}

/** Plays the steps of a seed, with the oracles after every one of them, then heals the world. */
export function runSeed(
  level: Level,
  seed: number,
  count: number,
  options: RulesOptions = {},
): Promise<Outcome> {
  return level === 'purchases'
    ? runPurchases(seed, count)
    : runSteps(level, seed, stepsOf(seed, count), options)
}

/** This world makes its steps as it goes: they cannot be taken out one by one. */
async function runPurchases(seed: number, count: number): Promise<Outcome> {
  const { failure, seen } = await playPurchases(seed, count)
  return { failure: failure && { level: 'purchases', seed, ...failure }, seen, digest: null }
}

export async function runSteps(
  level: Exclude<Level, 'purchases'>,
  seed: number,
  steps: readonly Step[],
  options: RulesOptions = {},
): Promise<Outcome> {
  let world: World | null = null
  let done = 0
  const attempt = async (): Promise<Failure | null> => {
    try {
      world = await WORLDS[level](seed, options)
      for (const step of steps) {
        done += 1
        await world.play(step)
        world.check(done % WHOLE_EVERY === 0)
      }
      done += 1
      await world.heal()
      world.check(true)
      await world.checkHealed()
      world.check(true)
      return null
    } catch (error) {
      const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
      return { level, seed, step: done, message, stack }
    } finally {
      await world?.close()
    }
  }
  const failure = await attempt()
  const played = world as World | null
  return { failure, seen: played?.seen ?? new Map(), digest: played?.digest() ?? null }
}

/** Fewer steps that fail, too: cut off at the end, then thinned out in ever smaller pieces. */
export async function shrink(failure: Failure, count: number): Promise<readonly Step[]> {
  const { level, seed, step } = failure
  if (level === 'purchases') return []
  let steps = stepsOf(seed, count).slice(0, step)
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < steps.length;) {
      const fewer = [...steps.slice(0, from), ...steps.slice(from + size)]
      const outcome = await runSteps(level, seed, fewer)
      if (outcome.failure && kindOf(outcome.failure) === kindOf(failure)) steps = fewer
      else from += size
    }
  }
  return steps
}

/** What broke, whoever it happened to. */
const kindOf = ({ message }: Failure) => message.replaceAll(/[\d-]+/g, '')
