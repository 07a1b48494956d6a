/** Entry: the host in plain Node, its window in a browser on this machine. */

import { homedir } from 'node:os'
import { findAppFiles } from './app-files.ts'
import { defaultDataDirectory } from './data-directory.ts'
import { parseArguments } from './host/browser-door/arguments.ts'
import type { HeadlessArguments } from './host/browser-door/arguments.ts'
import { openDoorAtUsualPort } from './host/browser-door/door.ts'
import { openBrowser } from './host/browser-door/open-browser.ts'
import { startHost } from './host/start.ts'
import { openLog } from './logging.ts'
import { systemTimers } from './ports/time.ts'
import { createPracticeProvider } from './providers/practice/practice-provider.ts'
import { createFileSecrets } from './secrets/file-secrets.ts'

/** How the process ends when it did not run. */
const EXIT = { failed: 1, invalidArguments: 2 } as const
/** Settling what runs takes no longer; after it the next start recovers from the checkpoints. */
const CLOSE_TIMEOUT_MS = 10_000

const parsed = parseArguments(process.argv.slice(2), {
  dataDirectory: defaultDataDirectory({
    platform: process.platform,
    home: homedir(),
    environment: process.env,
  }),
  token: process.env['TALLYSTICK_TOKEN'],
})

switch (parsed.kind) {
  case 'help':
    console.log(parsed.text)
    break
  case 'invalid':
    giveUp(parsed.message, EXIT.invalidArguments)
    break
  case 'run':
    run(parsed.run).catch((error: unknown) => giveUp(messageOf(error), EXIT.failed))
}

async function run(args: HeadlessArguments): Promise<void> {
  const files = findAppFiles(import.meta.url)
  const log = openLog(args.dataDirectory)
  const host = await startHost({
    version: files.version,
    door: 'browser',
    dataDirectory: args.dataDirectory,
    catalogFile: args.catalogFile ?? files.catalog,
    secrets: createFileSecrets(args.dataDirectory),
    log,
    readerUrl: files.reader,
    openExternal: openBrowser,
    ...practiceAtPace(process.env['TALLYSTICK_PRACTICE_SPEED']),
  })
  if (!host.ok) {
    giveUp(host.error.message, EXIT.failed)
    return
  }
  const door = await openDoorAtUsualPort(
    {
      host: host.data,
      renderer: args.rendererUrl ? { url: args.rendererUrl } : { directory: files.renderer },
      ...(args.token === null ? {} : { token: args.token }),
      log,
    },
    args.port,
  )
  closeOnSignals(async () => {
    await door.close()
    await host.data.close()
  })
  process.on('uncaughtException', (error) => {
    log.error('The host stopped because of a mistake in it', { error })
    giveUp(messageOf(error), EXIT.failed)
  })
  console.log(`Tallystick is at ${door.address}`)
  if (args.open) await openBrowser(door.address)
}

/** For tests: practice at so many tokens a second, or `instant`; its usual pace when absent. */
function practiceAtPace(speed: string | undefined) {
  if (!speed) return {}
  const tokensPerSecond = speed === 'instant' ? Infinity : Number(speed)
  return tokensPerSecond > 0
    ? { practice: createPracticeProvider({ timers: systemTimers, tokensPerSecond }) }
    : {}
}

/** The first signal closes in order, the second at once. */
function closeOnSignals(close: () => Promise<void>): void {
  let closing = false
  const onSignal = () => {
    if (closing) process.exit(EXIT.failed)
    closing = true
    setTimeout(() => process.exit(EXIT.failed), CLOSE_TIMEOUT_MS).unref()
    close().then(
      () => process.exit(0),
      (error: unknown) => giveUp(messageOf(error), EXIT.failed),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}

function giveUp(message: string, code: number): void {
  console.error(message)
  process.exit(code)
}

function messageOf(error: unknown): string {
  return `Tallystick cannot run: ${error instanceof Error ? error.message : String(error)}`
}
