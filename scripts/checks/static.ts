// The checks that read the code without running it. Each counts as one.
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
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

const TWENTY_MINUTES = 20 * 60_000

/** More room for young objects: the compiler and the linter make many, and collecting takes time. */
const ROOM = '--max-semi-space-size=64'

/**
 * Starts them all, to run beside the tests on what these leave of the cores. Gives what waits for
 * them and says how they went, in order; what a failing one says is printed whole.
 */
export function startStaticChecks(): () => Promise<readonly Outcome[]> {
  const options = { timeout: TWENTY_MINUTES, priority: constants.priority.PRIORITY_BELOW_NORMAL }
  const runs = Promise.all(
    checks.map(async ({ suite, tool: [packageName, command], args }) => {
      const line = [ROOM, scriptOf(packageName, command), ...args]
      return { suite, ...(await runQuietly(process.execPath, line, options)) }
    }),
  )
  // Who waits for them, much later, hears of an error; until then it must not end the process.
  runs.catch(() => undefined)
  return async () => {
    const outcomes: Outcome[] = []
    for (const { suite, code, output } of await runs) {
      console.log(`\n── ${suite}: ${code === 0 ? 'in order' : 'FAILED'}`)
      if (code !== 0) console.log(output.trim())
      const problem = 'See its output above.'
      outcomes.push(code === 0 ? passedOnce(suite) : failedOnce(suite, problem))
    }
    return outcomes
  }
}
