import { build } from '../build/build.ts'
import { bringPostgres } from '../postgres/bring.ts'
import { failedOnce, passedOnce, totalLine } from './outcome.ts'
import { runVitest } from './runners.ts'
import { startStaticChecks } from './static.ts'
import type { Outcome } from './outcome.ts'

type Step = readonly [suite: string, run: () => Promise<readonly Outcome[]>]

const suites = (...projects: readonly string[]): Step => [
  projects.join(', '),
  () => runVitest(projects),
]

const quick = ['unit', 'conformance', 'property']

const builds: Step = [
  'build',
  async () => {
    console.log('\n── build')
    const built = (await build()) === 0
    return [built ? passedOnce('build') : failedOnce('build', 'See its output above.')]
  },
]

const endToEnd: Step = ['e2e', async () => [await (await import('./e2e.ts')).runEndToEnd()]]

const packaging: Step = [
  'packaging',
  async () => [await (await import('../package/smoke.ts')).smokeTest()],
]

const fast = [suites(...quick)]
const everything = [suites(...quick, 'simulation', 'integration'), builds, packaging, endToEnd]

/** Everything: `npm test`. What needs a PostgreSQL shares one. */
export async function runAll(): Promise<number> {
  const postgres = await bringPostgres()
  if (postgres.url === null) return runSteps(everything)
  console.log(`PostgreSQL: ${postgres.origin}`)
  process.env['TEST_DATABASE_URL'] = postgres.url
  try {
    return await runSteps(everything)
  } finally {
    await postgres.stop()
  }
}

/** The fast part, for while you work: `npm run verify`. */
export const runFast = () => runSteps(fast)

/**
 * Runs the steps in order, however the earlier ones went, and the static checks beside them;
 * resolves with the exit code.
 */
async function runSteps(steps: readonly Step[]): Promise<number> {
  const staticChecks = startStaticChecks()
  const tested: Outcome[] = []
  for (const step of steps) tested.push(...(await outcomesOf(step)))
  const outcomes = [...(await outcomesOf(['static checks', staticChecks])), ...tested]
  printSummary(outcomes)
  return outcomes.some((outcome) => outcome.failed > 0) ? 1 : 0
}

/** A step that throws has failed once. */
async function outcomesOf([name, run]: Step): Promise<readonly Outcome[]> {
  try {
    return await run()
  } catch (error) {
    console.error(error)
    return [failedOnce(name, error instanceof Error ? error.message : 'It crashed.')]
  }
}

function printSummary(outcomes: readonly Outcome[]): void {
  console.log('\n── summary')
  for (const { suite: name, passed, failed, skipped, problems } of outcomes) {
    const skips = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
    console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed${skips}`)
    for (const problem of problems) console.log(`  problem: ${problem}`)
    for (const test of skipped) console.log(`  skipped: ${test.name} (${test.reason})`)
  }
  console.log(`\n${totalLine(outcomes)}`)
}
