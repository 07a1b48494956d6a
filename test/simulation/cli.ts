/**
 * `npm run sim -- --seeds N --steps M --first-seed F [--level LEVEL] [--shrink]`,
 * where LEVEL is rules, store, whole or purchases, and
 * `npm run sim -- --level scale --accounts N`.
 */

import { parseArgs } from 'node:util'
import { playMonth } from './scale.ts'
import { type Failure, type Level, runSeed, runSteps, shrink } from './run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    steps: { type: 'string', default: '500' },
    'first-seed': { type: 'string', default: '1' },
    level: { type: 'string', default: 'rules' },
    accounts: { type: 'string', default: '1000000' },
    shrink: { type: 'boolean', default: false },
    seen: { type: 'boolean', default: false },
  },
})

const seeds = Number(values.seeds)
const steps = Number(values.steps)
const first = Number(values['first-seed'])
if (values.level === 'scale') {
  console.log(await playMonth(Number(values.accounts), first, (text) => console.error(text)))
  process.exit()
}
const level = values.level as Level
const seen = new Map<string, number>()
const failures: Failure[] = []
const began = performance.now()

for (let seed = first; seed < first + seeds; seed++) {
  const outcome = await runSeed(level, seed, steps)
  for (const [what, times] of outcome.seen) seen.set(what, (seen.get(what) ?? 0) + times)
  tellFar(seed)
  if (!outcome.failure) continue
  failures.push(outcome.failure)
  console.log(`Seed ${seed}, step ${outcome.failure.step}: ${outcome.failure.message}`)
  console.log(`  npm run sim -- --level ${level} --seeds 1 --first-seed ${seed} --steps ${steps}`)
  if (seeds === 1) console.log(outcome.failure.stack)
  if (!values.shrink || level === 'purchases') continue
  const few = await shrink(outcome.failure, steps)
  console.log(`  ${few.length} steps do it:`)
  for (const step of few) console.log(`  ${JSON.stringify(step)}`)
  const { failure } = await runSteps(level, seed, few)
  console.log(`  ${failure?.message}\n${failure?.stack}`)
}

if (values.seen)
  console.log(
    [...seen]
      .sort()
      .map(([what, times]) => `${what} ${times}`)
      .join('\n'),
  )
/** A long run says now and then how far it has come. */
function tellFar(seed: number): void {
  const played = seed + 1 - first
  if (played % 10 === 0 && played < seeds) console.error(`${played} of ${seeds} seeds`)
}

const seconds = ((performance.now() - began) / 1_000).toFixed(1)
const broke = failures.map(({ seed }) => seed).join(', ')
console.log(
  `${level}: ${seeds} seeds × ${steps} steps from seed ${first} in ${seconds} s: ` +
    (failures.length === 0 ? 'nothing broke' : `${failures.length} broke (seeds ${broke})`),
)
process.exitCode = failures.length === 0 ? 0 : 1
