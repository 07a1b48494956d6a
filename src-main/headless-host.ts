/** The host in plain Node. Loaded when its door is open: it is most of what a start has to read. */

import type { Result } from '#shared/result.ts'
import type { Log } from '#shared/ports/log.ts'
import type { AppFiles } from './app-files.ts'
import { systemTimers } from './ports/time.ts'
import { createPracticeProvider } from './providers/practice/practice-provider.ts'
import { createFileSecrets } from './secrets/file-secrets.ts'
import type { HeadlessArguments } from './host/browser-door/arguments.ts'
import { openBrowser } from './host/browser-door/open-browser.ts'
import type { Host } from './host/host.ts'
import { startHost } from './host/start.ts'

export function startHeadlessHost(
  { dataDirectory, catalogFile }: HeadlessArguments,
  files: AppFiles,
  log: Log,
): Promise<Result<Host>> {
  return startHost({
    version: files.version,
    door: 'browser',
    dataDirectory,
    catalogFile: catalogFile ?? files.catalog,
    secrets: createFileSecrets(dataDirectory),
    log,
    readerUrl: files.reader,
    openExternal: openBrowser,
    ...practiceAtPace(process.env['TALLYSTICK_PRACTICE_SPEED']),
  })
}

/** For tests: practice at so many tokens a second, or `instant`; its usual pace when absent. */
function practiceAtPace(speed: string | undefined) {
  if (!speed) return {}
  const tokensPerSecond = speed === 'instant' ? Infinity : Number(speed)
  return tokensPerSecond > 0
    ? { practice: createPracticeProvider({ timers: systemTimers, tokensPerSecond }) }
    : {}
}
