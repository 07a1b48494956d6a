import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { createServer } from 'vite'
import { bringElectron } from './electron/bring.ts'
import { projectRoot, runHere } from './launch/run.mjs'
import { tool } from './tool.ts'

/** Development keeps its own data, away from what the person who develops uses. */
const dataDirectory = path.join(projectRoot, '.cache', 'dev-data')

/**
 * `npm run dev`: Tallystick from its sources, with hot reload, in Electron where it is available,
 * otherwise in the browser. `--browser` asks for the browser; other arguments go to the app.
 */
export async function dev(args: readonly string[]): Promise<number> {
  const rest = args.filter((arg) => arg !== '--browser')
  const env = { TALLYSTICK_DATA_DIR: dataDirectory, ...process.env }
  if (rest.length < args.length) return devInBrowser(rest, env)

  const electron = await bringElectron()
  if (electron.binary === null) {
    console.log(`Developing in the browser: ${electron.reason}.`)
    return devInBrowser(rest, env)
  }
  return tool('electron-vite', 'electron-vite', ['dev', '--watch', '--', ...rest], {
    env: { ...env, ELECTRON_EXEC_PATH: electron.binary },
  })
}

/**
 * The host runs from its sources and starts again when one changes; the window comes from Vite's
 * server through the host's own door, so that cookie, origin and socket are as in production. The
 * token stays the same over restarts, so an open page finds its way back.
 */
async function devInBrowser(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { renderer } = (await import('../electron.vite.config.ts')).default
  const vite = await createServer({ ...renderer, configFile: false, mode: 'development' })
  await vite.listen()
  const address = vite.resolvedUrls?.local[0]
  if (!address) throw new Error("Vite's server has no address")

  const token = process.env['TALLYSTICK_TOKEN'] ?? randomBytes(32).toString('base64url')
  const host = ['src-main/headless.ts', '--renderer-url', address, ...args]
  try {
    return await runHere(process.execPath, ['--watch', '--watch-preserve-output', ...host], {
      env: { ...env, TALLYSTICK_TOKEN: token },
    })
  } finally {
    await vite.close()
  }
}
