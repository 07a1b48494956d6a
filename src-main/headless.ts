/** Entry: the host in plain Node, its window in a browser on this machine. */

import { homedir } from 'node:os'
import { findAppFiles } from './app-files.ts'
import { defaultDataDirectory } from './data-directory.ts'
import { parseArguments } from './host/browser-door/arguments.ts'
import type { HeadlessArguments } from './host/browser-door/arguments.ts'
import { openDoorAtUsualPort } from './host/browser-door/door.ts'
import { openBrowser } from './host/browser-door/open-browser.ts'
import type { Host } from './host/host.ts'
import { whileStarting } from './host/starting-host.ts'
import { openLog } from './logging.ts'

/** Exit codes when the server could not run. */
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

/** Opens the door first: a browser takes as long to load the window as the host takes to start. */
async function run(args: HeadlessArguments): Promise<void> {
  const files = findAppFiles(import.meta.url)
  const log = openLog(args.dataDirectory)
  const starting = Promise.withResolvers<Host>()
  const door = await openDoorAtUsualPort(
    {
      host: whileStarting(starting.promise),
      renderer: args.rendererUrl ? { url: args.rendererUrl } : { directory: files.renderer },
      ...(args.token === null ? {} : { token: args.token }),
      log,
    },
    args.port,
  )
  if (args.open) void openBrowser(door.address)

  const { startHeadlessHost } = await import('./headless-host.ts')
  const host = await startHeadlessHost(args, files, log)
  if (!host.ok) {
    giveUp(host.error.message, EXIT.failed)
    return
  }
  starting.resolve(host.data)
  closeOnSignals(async () => {
    await door.close()
    await host.data.close()
  })
  process.on('uncaughtException', (error) => {
    log.error('The host stopped because of a mistake in it', { error })
    giveUp(messageOf(error), EXIT.failed)
  })
  console.log(`Tallystick is at ${door.address}`)
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
