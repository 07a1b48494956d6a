import { readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot, runHere } from './launch/run.mjs'

/** The script behind a command of an installed package, to be run with Node without a shell. */
export function scriptOf(packageName: string, command: string): string {
  const home = path.join(projectRoot, 'node_modules', packageName)
  const manifest = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>
  }
  const script = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[command]
  if (!script) throw new Error(`${packageName} has no command ${command}`)
  return path.join(home, script)
}

/** Runs a command of an installed package in the foreground; resolves with its exit code. */
export function tool(
  packageName: string,
  command: string,
  args: readonly string[],
  options: object = {},
): Promise<number> {
  return runHere(process.execPath, [scriptOf(packageName, command), ...args], options)
}
