// Bringing the dependencies: `npm ci`, when what is installed is not what package-lock.json says.
import { lstatSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isOffline, npm, npmComplaint } from './npm.mjs'
import { Refusal, projectRoot } from './run.mjs'

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
  } catch {
    return null
  }
}

/**
 * Whether the packages npm recorded as installed are those of the lockfile. npm writes its record
 * last, so a broken-off install counts as none. Optional packages are for other platforms.
 */
export function matchesLockfile(locked, installed) {
  return Object.entries(locked).every(
    ([place, wanted]) =>
      place === '' || wanted.optional || installed[place]?.version === wanted.version,
  )
}

/** Installs if needed. Throws a Refusal, saying what to do, if that fails. */
export async function bringDependencies() {
  const modules = path.join(projectRoot, 'node_modules')
  // A linked node_modules belongs to another checkout: never reinstall it from here.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return
  const locked = packagesOf(path.join(projectRoot, 'package-lock.json'))
  if (!locked) throw new Refusal('package-lock.json is missing or damaged: restore it from git.')
  const installed = packagesOf(path.join(modules, '.package-lock.json'))
  if (installed && matchesLockfile(locked, installed)) return

  console.log(
    `${installed ? 'The dependencies changed' : 'No dependencies yet'}: installing (npm ci)…`,
  )
  const { code, output } = await npm(process.execPath, [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (code === 0) return
  throw new Refusal(
    isOffline(output)
      ? `The dependencies could not be fetched: no network. Connect once and run this again.\n${npmComplaint(output)}`
      : `The dependencies could not be installed.\n${npmComplaint(output)}`,
  )
}
