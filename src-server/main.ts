/** Entry: `npm run server`. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CONFIG_FILE_VARIABLE, readConfig, systemSources } from './config.ts'
import { startServer } from './assemble.ts'
import { createLog } from './ports/logging.ts'

/** Exit codes when the server could not run. */
const EXIT = { failed: 1, invalidSettings: 2 } as const
/** Work in progress is finished well before; after it the process ends regardless. */
const CLOSE_TIMEOUT_MS = 15_000

const USAGE = `A Tallystick server: teams, their credits and their sync.

  npm run server                    on this machine only, with a store of its own
  npm run server -- --config FILE   with settings from a JSON file

docs/server.md has the settings; each can also be an environment variable.`

const log = createLog()

try {
  await run(process.argv.slice(2))
} catch (error) {
  giveUp(messageOf(error), EXIT.failed)
}

async function run(args: readonly string[]): Promise<void> {
  const [option, named, ...rest] = args
  if (option === '--help') {
    console.log(USAGE)
    return
  }
  if (rest.length > 0 || (option !== undefined && (option !== '--config' || !named))) {
    giveUp(USAGE, EXIT.invalidSettings)
  }
  const file = named ?? process.env[CONFIG_FILE_VARIABLE]
  const config = readConfig(systemSources(file ? readFileSync(file, 'utf8') : null))
  if (!config.ok) giveUp(config.error.message, EXIT.invalidSettings)
  const catalog = path.join(import.meta.dirname, '..', 'resources', 'catalogs', 'default.json')
  const server = await startServer(config.data, { catalog }, log)
  if (!server.ok) giveUp(server.error.message, EXIT.failed)
  closeOnSignals(server.data.close)
  process.on('uncaughtException', (error) => {
    log.error('The server stopped because of a mistake in it', { error })
    giveUp(messageOf(error), EXIT.failed)
  })
  log.info('The server is ready', { address: server.data.address })
  console.error(`Tallystick’s server is at ${server.data.address}`)
}

/** The first signal closes in order, the second at once. */
function closeOnSignals(close: () => Promise<void>): void {
  let closing = false
  const onSignal = (signal: string) => {
    if (closing) process.exit(EXIT.failed)
    closing = true
    log.info('The server is closing', { signal })
    setTimeout(() => process.exit(EXIT.failed), CLOSE_TIMEOUT_MS).unref()
    close().then(
      () => process.exit(0),
      (error: unknown) => giveUp(messageOf(error), EXIT.failed),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}

function giveUp(message: string, code: number): never {
  console.error(message)
  process.exit(code)
}

function messageOf(error: unknown): string {
  return `The server cannot run: ${error instanceof Error ? error.message : String(error)}`
}
