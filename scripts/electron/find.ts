import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../launch/run.mjs'

/** An Electron that can open a window here, or in a few words why there is none. */
export type ElectronFound =
  | { readonly binary: string }
  | { readonly binary: null; readonly reason: string; readonly missing: boolean }

const executables: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

export const electronHome = path.join(projectRoot, 'node_modules', 'electron')

/** The version package.json pins. */
export function electronVersion(): string {
  const manifest = readFileSync(path.join(electronHome, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

function isRightVersion(dist: string): boolean {
  try {
    const version = readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    return version === electronVersion()
  } catch {
    return false
  }
}

/** Why this machine could not show a window even with a binary, or null if it can. */
function noWindowBecause(): string | null {
  if (process.platform !== 'linux') return null
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display'
  // Chromium's sandbox refuses root, and switching the sandbox off is not an option.
  return process.getuid?.() === 0 ? 'Electron does not run as root' : null
}

/** Looks for the binary where Electron keeps it; fetches nothing. */
export function findElectron(): ElectronFound {
  const reason = noWindowBecause()
  if (reason !== null) return { binary: null, reason, missing: false }
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const executable = executables[process.platform] ?? 'electron'
  const dist = override ?? path.join(electronHome, 'dist')
  const binary = path.join(dist, executable)
  if (existsSync(binary) && (override || isRightVersion(dist))) return { binary }
  const where = override
    ? `no Electron in ${override}`
    : 'the Electron binary is not installed (npx install-electron fetches it)'
  return { binary: null, reason: where, missing: !override }
}
