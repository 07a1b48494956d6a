// The checks that read the code without running it. Each counts as one.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { projectRoot, runQuietly } from '../launch/run.mjs'
import { scriptOf } from '../tool.ts'
import { failedOnce, passedOnce } from './outcome.ts'
import type { Outcome } from './outcome.ts'

const layered = ['src-shared', 'src-main', 'src-renderer', 'src-server']

/** What dependency-cruiser is asked: the layer rule over every source folder there is. */
export const layerArguments = [
  ...['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long'],
  ...layered.filter((folder) => existsSync(path.join(projectRoot, folder))),
]

const checks = [
  { suite: 'types', tool: ['typescript', 'tsc'], args: ['-b', '--pretty', 'false'] },
  { suite: 'format', tool: ['prettier', 'prettier'], args: ['--check', '.'] },
  { suite: 'lint', tool: ['eslint', 'eslint'], args: ['--max-warnings=0', '.'] },
  { suite: 'layers', tool: ['dependency-cruiser', 'depcruise'], args: layerArguments },
] as const

const FIVE_MINUTES = 5 * 60_000

/** More room for young objects: the compiler and the linter make many, and collecting takes time. */
const ROOM = '--max-semi-space-size=64'

/** Runs them side by side; what a failing one says is printed whole, in order. */
export async function runStaticChecks(): Promise<readonly Outcome[]> {
  const runs = checks.map(async ({ suite, tool: [packageName, command], args }) => {
    const line = [ROOM, scriptOf(packageName, command), ...args]
    return { suite, ...(await runQuietly(process.execPath, line, { timeout: FIVE_MINUTES })) }
  })
  const outcomes: Outcome[] = []
  for (const run of runs) {
    const { suite, code, output } = await run
    console.log(`\n── ${suite}: ${code === 0 ? 'in order' : 'FAILED'}`)
    if (code !== 0) console.log(output.trim())
    const problem = 'See its output above.'
    outcomes.push(code === 0 ? passedOnce(suite) : failedOnce(suite, problem))
  }
  return outcomes
}
