// Reading the JSON reports of the two test runners.
import { failedOnce, settle } from './outcome.ts'
import type { Outcome, Skipped } from './outcome.ts'

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

interface PlaywrightSuite {
  readonly title: string
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly {
    readonly title: string
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped'
      readonly annotations: readonly { readonly type: string; readonly description?: string }[]
    }[]
  }[]
}

/** The part of Playwright's JSON report that is read here. */
interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[]
  readonly errors: readonly { readonly message?: string }[]
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

const noReport = (suite: string, exitCode: number | null) =>
  failedOnce(suite, `It wrote no report (exit code ${String(exitCode)}).`)

type VitestFile = VitestReport['testResults'][number]

/** Projects are the folders of test/. */
const projectOf = ({ name }: VitestFile) =>
  /[\\/]test[\\/](?<project>[^\\/]+)/.exec(name)?.groups?.['project']

/**
 * Counts a vitest report of one run over these projects, one outcome each. A run that ended badly
 * although every test passed counts a failure more, with the last project.
 */
export function countVitest(
  projects: readonly string[],
  text: string | null,
  exitCode: number | null,
): readonly Outcome[] {
  const report = parsed(text) as VitestReport | null
  if (!report) return projects.map((project) => noReport(project, exitCode))
  const outcomes = projects.map((project) =>
    settle(
      countFiles(
        project,
        report.testResults.filter((file) => projectOf(file) === project),
      ),
      0,
    ),
  )
  const last = outcomes.at(-1)
  if (!last || outcomes.some(({ failed }) => failed > 0)) return outcomes
  return [...outcomes.slice(0, -1), settle(last, exitCode)]
}

/** A file that could not be loaded has no tests and counts as one failure. */
function countFiles(suite: string, files: readonly VitestFile[]): Outcome {
  let passed = 0
  let failed = 0
  const skipped: Skipped[] = []
  const problems: string[] = []
  for (const file of files) {
    const broken = file.assertionResults.filter((test) => test.status === 'failed').length
    failed += broken
    if (file.status === 'failed' && broken === 0) {
      failed += 1
      problems.push(`${file.name}: ${file.message.split('\n')[0] ?? ''}`)
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1
      else if (test.status !== 'failed') skipped.push({ name: test.fullName, reason: test.status })
    }
  }
  return { suite, passed, failed, skipped, problems }
}

/** Counts a Playwright report. A test that passed only when tried again counts as failed. */
export function countPlaywright(
  suite: string,
  text: string | null,
  exitCode: number | null,
): Outcome {
  const report = parsed(text) as PlaywrightReport | null
  if (!report) return noReport(suite, exitCode)
  let passed = 0
  let failed = 0
  const skipped: Skipped[] = []
  const visit = (part: PlaywrightSuite): void => {
    for (const spec of part.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'expected') passed += 1
        else if (test.status !== 'skipped') failed += 1
        else {
          const why = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')
          skipped.push({ name: spec.title, reason: why?.description ?? 'no reason given' })
        }
      }
    }
    part.suites?.forEach(visit)
  }
  report.suites.forEach(visit)
  const problems = report.errors.map((error) => error.message?.split('\n')[0] ?? 'unknown error')
  return settle({ suite, passed, failed, skipped, problems }, exitCode)
}

const RULE = /^(?<name>\S+ \d+) (?<says>.*)$/s

/**
 * A conformance report as lines: one for each rule, beginning with its name (`tooljet 4 ok …`), the
 * rules of a system in their order; then one for each other test that failed.
 */
export function conformanceLines(text: string | null): readonly string[] {
  const report = parsed(text) as VitestReport | null
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? []
  const ruled = tests.flatMap((test) => {
    const { name, says } = RULE.exec(test.fullName)?.groups ?? {}
    return name === undefined || says === undefined ? [] : [{ ...test, name, says }]
  })
  const inOrder = ruled.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const rest = tests.filter((test) => !RULE.test(test.fullName) && test.status !== 'passed')
  return [
    ...inOrder.map(({ name, says, ...test }) => `${name} ${verdict(test)} ${says}${reason(test)}`),
    ...rest.map((test) => `${test.fullName} ${verdict(test)}${reason(test)}`),
  ]
}

const verdict = ({ status }: { readonly status: string }) => (status === 'passed' ? 'ok' : 'FAILED')

/** Why it failed, in a line. */
function reason(test: { readonly failureMessages?: readonly string[] }): string {
  const [message] = test.failureMessages ?? []
  return message === undefined ? '' : `\n  ${message.split('\n')[0] ?? ''}`
}
