/** In the place of the system's browser: a program that only writes down what it is to open. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const OPENED = 'opened'

/** Puts it into `folder`; gives the search path by which it is found first. */
export function putOpener(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const script = `#!/bin/sh\nprintf '%s\\n' "$1" >> '${path.join(folder, OPENED)}'\n`
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(path.join(folder, name), script, { mode: 0o755 })
  }
  return `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`
}

/** What it was to open so far, in order. */
export function addressesOpened(folder: string): readonly string[] {
  const file = path.join(folder, OPENED)
  // The line that is being written is not among them yet.
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}
