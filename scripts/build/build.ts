import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot, runQuietly } from '../launch/run.mjs'
import { scriptOf, tool } from '../tool.ts'

const sources = [
  ...['src-shared', 'src-server', 'src-main', 'src-renderer', 'resources'],
  ...['electron.vite.config.ts', 'package.json', 'package-lock.json'],
]

const stampFile = path.join(projectRoot, 'out', '.stamp')

/** A fingerprint of everything the build reads: each file's name, size and time of change. */
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const source of sources) {
    const top = path.join(projectRoot, source)
    const isFolder = statSync(top, { throwIfNoEntry: false })?.isDirectory() ?? false
    const names = isFolder ? readdirSync(top, { recursive: true, encoding: 'utf8' }).sort() : ['']
    for (const name of names) {
      const file = path.join(top, name)
      const stats = statSync(file, { throwIfNoEntry: false })
      if (stats?.isFile()) hash.update(`${file}\0${stats.size}\0${stats.mtimeMs}\0`)
    }
  }
  return hash.digest('hex')
}

function lastBuilt(): string | null {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    return null
  }
}

/** Builds the app into out/. Resolves with the exit code. */
export async function build(): Promise<number> {
  const before = fingerprint()
  const code = await tool('electron-vite', 'electron-vite', ['build', '--logLevel=warn'])
  if (code === 0) {
    mkdirSync(path.dirname(stampFile), { recursive: true })
    writeFileSync(stampFile, before)
  }
  return code
}

/** Builds only if a source changed since the last build. Says nothing unless it fails. */
export async function buildIfStale(): Promise<number> {
  const before = fingerprint()
  if (lastBuilt() === before) return 0
  console.log('Building Tallystick…')
  const line = [scriptOf('electron-vite', 'electron-vite'), 'build', '--logLevel=warn']
  const { code, output } = await runQuietly(process.execPath, line)
  if (code === 0) writeFileSync(stampFile, before)
  else console.error(output.trim())
  return code ?? 1
}
