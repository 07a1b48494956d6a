import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { extractAll } from '@electron/asar'
import { failedOnce, passedOnce } from '../checks/outcome.ts'
import { runQuietly } from '../launch/run.mjs'
import { scriptOf } from '../tool.ts'
import { fusesOf, writeStubElectron } from './stub-electron.ts'
import type { Outcome } from '../checks/outcome.ts'

/** What electron-builder.yml asks for, in the order of @electron/fuses. */
const EXPECTED_FUSES = '01001100'
/** Far above what the app needs: a library that belongs in devDependencies would pass it. */
const LARGEST_ARCHIVE = 40 * 1024 * 1024
const START_TIMEOUT_MS = 30_000

/** Packages the app around a stub of Electron, then runs the packaged host in plain Node. */
export async function smokeTest(): Promise<Outcome> {
  console.log('\n── packaging')
  const folder = await mkdtemp(path.join(tmpdir(), 'tallystick-packaging-'))
  try {
    const size = await packageInto(folder)
    await answersFrom(path.join(folder, 'app'), path.join(folder, 'data'))
    console.log(`The packaged host answers; app.asar has ${(size / 1024 / 1024).toFixed(1)} MB.`)
    return passedOnce('packaging')
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    return failedOnce('packaging', 'See its output above.')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Packages for Linux and unpacks the archive into `app`; gives the size of the archive. */
async function packageInto(folder: string): Promise<number> {
  const stub = path.join(folder, 'electron')
  await writeStubElectron(stub)
  const output = path.join(folder, 'dist')
  const line = [
    scriptOf('electron-builder', 'electron-builder'),
    ...['--dir', '--linux', '--x64', '--publish=never'],
    ...[`--config.electronDist=${stub}`, `--config.directories.output=${output}`],
  ]
  const { code, output: said } = await runQuietly(process.execPath, line, { timeout: 5 * 60_000 })
  if (code !== 0) throw new Error(`electron-builder failed:\n${said.trim()}`)

  const packaged = path.join(output, 'linux-unpacked')
  const fuses = fusesOf(await readFile(path.join(packaged, 'tallystick')))
  if (fuses !== EXPECTED_FUSES) throw new Error(`Fuses are ${fuses}, not ${EXPECTED_FUSES}.`)

  const archive = path.join(packaged, 'resources', 'app.asar')
  const { size } = await stat(archive)
  if (size > LARGEST_ARCHIVE) throw new Error(`app.asar has ${size} bytes: too much is packed.`)
  extractAll(archive, path.join(folder, 'app'))
  return size
}

/** Starts the host of an unpacked app and asks it for its page. Throws if either fails. */
async function answersFrom(app: string, data: string): Promise<void> {
  const line = [path.join(app, 'out/main/headless.js'), '--data-dir', data, '--port', '0']
  const host = spawn(process.execPath, line, { cwd: app, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => {
    host.once('close', () => {
      resolve()
    })
  })
  try {
    const page = await openAddress(await addressSaidBy(host))
    const text = await page.text()
    if (!page.ok || !text.includes('<div id="root"')) {
      throw new Error(`The packaged host answered ${page.status} without the page:\n${text}`)
    }
  } finally {
    host.kill('SIGTERM')
    const killing = setTimeout(() => host.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(killing)
  }
}

/** The address lets a browser in with a cookie and sends it on to the page. */
async function openAddress(address: string): Promise<Response> {
  const entered = await fetch(address, { redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0]
  const location = entered.headers.get('location')
  if (!cookie || location === null) return entered
  return fetch(new URL(location, address), { headers: { cookie } })
}

/** Waits for the line in which the host says where it is. */
function addressSaidBy(host: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (what: string) => {
      reject(new Error(`The packaged host ${what}. It said:\n${said.trim()}`))
    }
    const timer = setTimeout(() => {
      fail('did not start in time')
    }, START_TIMEOUT_MS)
    host.stderr?.on('data', (data: Buffer) => {
      said += data.toString()
    })
    if (host.stdout) {
      createInterface(host.stdout).on('line', (line) => {
        said += `${line}\n`
        const address = /https?:\/\/\S+/.exec(line)
        if (address) resolve(address[0])
      })
    }
    host.once('close', (code) => {
      clearTimeout(timer)
      fail(`ended with code ${String(code)}`)
    })
  })
}
