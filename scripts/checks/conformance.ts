// The rules of the five credit systems, each with a line of its own: `npm run conformance`.
import { conformanceLines, countVitest } from './reports.ts'
import { reportOf } from './runners.ts'
import { totalLine } from './outcome.ts'

/** Runs the conformance suites and prints a line for each rule; resolves with the exit code. */
export async function runConformance(): Promise<number> {
  const { code, report } = await reportOf('conformance')
  for (const line of conformanceLines(report)) console.log(line)
  const outcomes = countVitest(['conformance'], report, code)
  for (const { problems } of outcomes) {
    for (const problem of problems) console.log(`problem: ${problem}`)
  }
  console.log(`\n${totalLine(outcomes)}`)
  return outcomes.some(({ failed, skipped }) => failed > 0 || skipped.length > 0) ? 1 : 0
}
