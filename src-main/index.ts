/** Entry: the desktop app. */

import { homedir } from 'node:os'
import path from 'node:path'
import { app } from 'electron'
import { findAppFiles } from './app-files.ts'
import { defaultDataDirectory } from './data-directory.ts'
import { startHost } from './host/start.ts'
import { openLog } from './logging.ts'
import { runShell } from './shell/run.ts'

/** Switches are written `--data-dir=<folder>`; Electron's own stand beside them. */
function pathSwitch(name: string): string | null {
  const value = app.commandLine.getSwitchValue(name)
  return value === '' ? null : path.resolve(value)
}

const files = findAppFiles(import.meta.url)
const dataDirectory =
  pathSwitch('data-dir') ??
  defaultDataDirectory({
    platform: process.platform,
    home: homedir(),
    environment: process.env,
  })
const log = openLog(dataDirectory)

runShell({
  dataDirectory,
  renderer: files.renderer,
  preload: files.preload,
  log,
  startHost: (ports) =>
    startHost({
      ...ports,
      version: files.version,
      door: 'electron',
      dataDirectory,
      catalogFile: pathSwitch('catalog') ?? files.catalog,
      log,
      readerUrl: files.reader,
    }),
})
