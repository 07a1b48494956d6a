// The rules of the five credit systems, each with a line of its own: `npm run conformance`.
import { conformanceLines, countVitest } from './reports.ts'
import { reportOf } from './runners.ts'
import { totalLine } from './outcome.ts'

/** Runs the conformance suites and prints a line for each rule; resolves with the exit code. */
export async function runConformance(): Promise<number> {
  const { code, report } = await reportOf('conformance')
  for (const line of conformanceLines(report)) console.log(line)
  const outcome = countVitest('conformance', report, code)
  for (const problem of outcome.problems) console.log(`problem: ${problem}`)
  console.log(`\n${totalLine([outcome])}`)
  const leftOut = outcome.skipped.some(({ reason }) => reason !== 'todo')
  return outcome.failed > 0 || leftOut ? 1 : 0
}
