import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from './build/build.ts'
import { bringElectron } from './electron/bring.ts'
import { compiledScripts, projectRoot, runHere } from './launch/run.mjs'

/** An Electron that dies this soon never showed a window. */
const STILLBORN_MS = 5_000

/**
 * `npm start`: opens Tallystick, in Electron where that is available, otherwise in the browser
 * through the headless host. `--browser` asks for the browser; other arguments go to the app.
 */
export async function start(args: readonly string[]): Promise<number> {
  const built = await buildIfStale()
  if (built !== 0) return built

  const rest = args.filter((arg) => arg !== '--browser')
  if (rest.length < args.length) return openInBrowser(rest)

  const electron = await bringElectron()
  let reason: string
  if (electron.binary === null) {
    reason = electron.reason
  } else {
    const since = Date.now()
    const code = await runHere(electron.binary, ['.', ...rest])
    if (code === 0 || Date.now() - since > STILLBORN_MS) return code
    reason = `Electron ended at once with code ${code}`
  }
  console.log(`Opening Tallystick in the browser: ${reason}.`)
  return openInBrowser(rest)
}

/** Runs the host in this very process: another would take a tenth of a second to begin. */
async function openInBrowser(args: readonly string[]): Promise<number> {
  const host = path.join(projectRoot, 'out', 'main', 'headless.js')
  process.argv = [process.execPath, host, '--open', ...args]
  // For the thread that reads the history; this one keeps what it compiles already.
  process.env['NODE_COMPILE_CACHE'] = compiledScripts
  await import(pathToFileURL(host).href)
  return 0
}
