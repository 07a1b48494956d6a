/** Entry: the host in plain Node, its window in a browser on this machine. */

import { homedir } from 'node:os'
import { failure, type Result } from '#shared/result.ts'
import type { Log } from '#shared/ports/log.ts'
import { type AppFiles, findAppFiles } from './app-files.ts'
import { defaultDataDirectory } from './data-directory.ts'
import { type HeadlessArguments, parseArguments } from './host/browser-door/arguments.ts'
import { type BrowserDoor, openDoorAtUsualPort } from './host/browser-door/door.ts'
import { openBrowser } from './host/browser-door/open-browser.ts'
import type { Host } from './host/host.ts'
import { whileStarting } from './host/starting-host.ts'
import { openLog } from './logging.ts'
import { sleep } from './ports/sleep.ts'
import { systemTimers } from './ports/time.ts'

/** Exit codes when the server could not run. */
const EXIT = { failed: 1, invalidArguments: 2 } as const
/** Settling what runs takes no longer; after it the next start recovers from the checkpoints. */
const CLOSE_TIMEOUT_MS = 10_000
/** A browser that was asked to open the window has asked for it by then. */
const TELL_TIMEOUT_MS = 15_000

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
    run(parsed.run).catch((error: unknown) => giveUp(cannotStart(error), EXIT.failed))
}

/** Opens the door first: a browser takes as long to load the window as the host takes to start. */
async function run(args: HeadlessArguments): Promise<void> {
  const files = findAppFiles(import.meta.url)
  const log = openLog(args.dataDirectory)
  const starting = Promise.withResolvers<Result<Host>>()
  const waiting = whileStarting(starting.promise)
  const door = await openDoorAtUsualPort(
    {
      host: waiting,
      renderer: args.rendererUrl ? { url: args.rendererUrl } : { directory: files.renderer },
      ...(args.token === null ? {} : { token: args.token }),
      log,
    },
    args.port,
  )
  const opening = args.open ? openBrowser(door.address) : Promise.resolve(false)

  const host = await startedHost(args, files, log)
  starting.resolve(host)
  if (!host.ok) {
    console.error(cannotStart(host.error.message))
    if (await opening) await tellPage(door, waiting.failureTold)
    process.exit(EXIT.failed)
  }
  closeOnSignals(async () => {
    await door.close()
    await host.data.close()
  })
  process.on('uncaughtException', (error) => {
    log.error('The host stopped because of a mistake in it', { error })
    giveUp(hasToClose(error), EXIT.failed)
  })
  console.log(`Tallystick is at ${door.address}`)
}

/** A mistake in the host is told like any other reason why it cannot start. */
async function startedHost(
  args: HeadlessArguments,
  files: AppFiles,
  log: Log,
): Promise<Result<Host>> {
  try {
    const { startHeadlessHost } = await import('./headless-host.ts')
    return await startHeadlessHost(args, files, log)
  } catch (error) {
    log.error('The host could not be started', { error })
    return failure('mistake', messageOf(error))
  }
}

/** The tab that was opened is on its way: it is waited for, or it would only find nobody there. */
async function tellPage(door: BrowserDoor, told: Promise<null>): Promise<void> {
  await Promise.race([told, sleep(systemTimers, TELL_TIMEOUT_MS)])
  await door.close()
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
      (error: unknown) => giveUp(hasToClose(error), EXIT.failed),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}

function giveUp(message: string, code: number): void {
  console.error(message)
  process.exit(code)
}

const cannotStart = (error: unknown) => `Tallystick cannot start: ${messageOf(error)}`
const hasToClose = (error: unknown) => `Tallystick has to close: ${messageOf(error)}`

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
