/** Where the app's own files are: run from the sources, built, or packed. */

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface AppFiles {
  readonly version: string
  /** The catalog that is shipped. */
  readonly catalog: string
  /** The built window. */
  readonly renderer: string
  readonly preload: string
  /** The worker that reads the ledger's history. */
  readonly reader: URL
}

/** @param entry the `import.meta.url` of an entry: `src-main/x.ts` or `out/main/x.js` */
export function findAppFiles(entry: string): AppFiles {
  const root = findRoot(path.dirname(fileURLToPath(entry)))
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  const reader = entry.endsWith('.ts') ? './ledger/reader-worker.ts' : './ledger-reader.js'
  return {
    version: manifest.version,
    catalog: path.join(root, 'resources', 'catalogs', 'default.json'),
    renderer: path.join(root, 'out', 'renderer'),
    preload: path.join(root, 'out', 'preload', 'preload.cjs'),
    reader: new URL(reader, entry),
  }
}

function findRoot(directory: string): string {
  if (existsSync(path.join(directory, 'package.json'))) return directory
  const parent = path.dirname(directory)
  if (parent === directory) throw new Error('The files of Tallystick are not where they belong')
  return findRoot(parent)
}
