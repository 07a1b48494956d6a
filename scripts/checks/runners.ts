// Running the test suites, each to a report in .cache/reports.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { projectRoot, runQuietly } from '../launch/run.mjs'
import { scriptOf, tool } from '../tool.ts'
import { countPlaywright, countVitest } from './reports.ts'
import type { Outcome } from './outcome.ts'

const MINUTE = 60_000

/** A fresh place for a report, so that one of an earlier run is never taken for this one's. */
function reportFile(name: string): string {
  const folder = path.join(projectRoot, '.cache', 'reports')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${name}.json`)
  rmSync(file, { force: true })
  return file
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** Runs projects of vitest.config.ts, all in one go so that no core waits for the end of each. */
export async function runVitest(projects: readonly string[]): Promise<readonly Outcome[]> {
  console.log(`\n── ${projects.join(', ')}`)
  const report = reportFile('vitest')
  const chosen = projects.flatMap((project) => ['--project', project])
  const args = ['run', ...chosen, '--reporter=default', '--reporter=json']
  const code = await tool('vitest', 'vitest', [...args, `--outputFile.json=${report}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 20 * MINUTE,
  })
  return countVitest(projects, textOf(report), code)
}

/** Runs one project without a word; resolves with its exit code and its JSON report. */
export async function reportOf(
  project: string,
): Promise<{ readonly code: number | null; readonly report: string | null }> {
  const report = reportFile(project)
  const line = [scriptOf('vitest', 'vitest'), 'run', '--project', project, '--reporter=json']
  const { code } = await runQuietly(process.execPath, [...line, `--outputFile=${report}`], {
    timeout: 15 * MINUTE,
  })
  return { code, report: textOf(report) }
}

/** Runs the end-to-end tests in the browser found for them (see playwright.config.ts). */
export async function runPlaywright(environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const report = reportFile('e2e')
  const code = await tool('@playwright/test', 'playwright', ['test', '--reporter=list,json'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 20 * MINUTE,
    env: { ...process.env, ...environment, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  })
  return countPlaywright('e2e', textOf(report), code)
}
