/** A test that did not run, and why. */
export interface Skipped {
  readonly name: string
  readonly reason: string
}

/** What one suite came to. A step without tests of its own (lint, build) counts as one. */
export interface Outcome {
  readonly suite: string
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly Skipped[]
  /** One line for each thing that went wrong outside a test: a crash, a missing report. */
  readonly problems: readonly string[]
}

export const passedOnce = (suite: string): Outcome => ({
  suite,
  passed: 1,
  failed: 0,
  skipped: [],
  problems: [],
})

export const failedOnce = (suite: string, problem: string): Outcome => ({
  suite,
  passed: 0,
  failed: 1,
  skipped: [],
  problems: [problem],
})

/**
 * Makes a suite's outcome honest: one that ran no test at all, or ended badly although every test
 * passed, counts one failure more.
 */
export function settle(outcome: Outcome, exitCode: number | null): Outcome {
  const count = outcome.passed + outcome.failed + outcome.skipped.length
  if (count === 0) return failedOnce(outcome.suite, 'No test ran.')
  if (exitCode === 0 || outcome.failed > 0) return outcome
  const problem = `Every test passed, but the run ended with code ${String(exitCode)}.`
  return { ...outcome, failed: 1, problems: [...outcome.problems, problem] }
}

/** The last line of a run: `N passed, N failed`, and `, N skipped` if any were. */
export function totalLine(outcomes: readonly Outcome[]): string {
  const sum = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0)
  const skipped = sum((outcome) => outcome.skipped.length)
  const line = `${sum((outcome) => outcome.passed)} passed, ${sum((outcome) => outcome.failed)} failed`
  return skipped > 0 ? `${line}, ${skipped} skipped` : line
}
