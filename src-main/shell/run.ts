/** The desktop app: Electron around the host. */

import path from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  Notification,
  powerMonitor,
  safeStorage,
  session,
  shell,
} from 'electron'
import type { Result } from '#shared/result.ts'
import { ensurePrivateDirectory } from '../files/atomic-file.ts'
import type { Host } from '../host/host.ts'
import type { Log } from '#shared/ports/log.ts'
import { createSafeStorageSecrets } from '../secrets/safe-storage-secrets.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { isExternalAddress, isLoopbackPage } from './addresses.ts'
import { declareAppScheme, serveAppScheme } from './app-scheme.ts'
import { connectWindows } from './calls.ts'
import { denyPermissions, lockNavigation, lockNetwork } from './guards.ts'
import { setMenu } from './menu.ts'
import { openWindow } from './window.ts'

export interface ShellOptions {
  readonly dataDirectory: string
  readonly renderer: string
  readonly preload: string
  readonly log: Log
  startHost(ports: {
    readonly secrets: SecretStore
    openExternal(address: string): Promise<boolean>
    notify(notification: { readonly title: string; readonly body: string }): void
  }): Promise<Result<Host>>
}

/**
 * Starts the app, or tells the instance that already runs to come forward. Returns at once: waiting
 * for Electron to be ready while the entry is still being loaded would wait for ever.
 */
export function runShell(options: ShellOptions): void {
  // Keeps Chromium's own files apart from ours.
  const sessionData = path.join(options.dataDirectory, 'browser')
  ensurePrivateDirectory(options.dataDirectory)
  ensurePrivateDirectory(sessionData)
  app.setPath('userData', options.dataDirectory)
  app.setPath('sessionData', sessionData)
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  declareAppScheme()
  lockNavigation(app, options.log)
  process.on('uncaughtException', (error) => giveUp(options.log, error))
  app
    .whenReady()
    .then(() => open(options))
    .catch((error: unknown) => giveUp(options.log, error))
}

async function open(options: ShellOptions): Promise<void> {
  const { dataDirectory, log, preload, renderer } = options
  const developmentOrigin = findDevelopmentOrigin()
  denyPermissions(session.defaultSession)
  lockNetwork(session.defaultSession, developmentOrigin, log)
  setMenu(!app.isPackaged)

  const started = await options.startHost({
    secrets: createSafeStorageSecrets(safeStorage, dataDirectory),
    openExternal,
    notify: showNotification,
  })
  if (!started.ok) {
    dialog.showErrorBox('Tallystick cannot start', started.error.message)
    app.exit(1)
    return
  }
  const host = started.data
  closeBeforeQuitting(host, log)
  serveAppScheme({ host, rendererDirectory: renderer, developmentOrigin })
  connectWindows(host, log)
  keepOneWindow(() => openWindow({ preload, dataDirectory, log }))
}

/** Only while developing: a packaged app ignores the variable. */
function findDevelopmentOrigin(): string | null {
  const address = process.env['ELECTRON_RENDERER_URL']
  return address && !app.isPackaged ? new URL(address).origin : null
}

async function openExternal(address: string): Promise<boolean> {
  if (!isExternalAddress(address) && !isLoopbackPage(address)) return false
  return shell.openExternal(address).then(
    () => true,
    () => false,
  )
}

/** By the system, where it can; clicking it brings the window forward. The window tells as well. */
function showNotification(content: { readonly title: string; readonly body: string }): void {
  if (!Notification.isSupported()) return
  const notification = new Notification(content)
  notification.on('click', () => app.emit('activate'))
  notification.show()
}

function keepOneWindow(open: () => BrowserWindow): void {
  const comeForward = () => {
    const [window] = BrowserWindow.getAllWindows()
    if (!window) {
      open()
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  app.on('second-instance', comeForward)
  app.on('activate', comeForward)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  open()
}

/** Runs are settled and the ledger is closed before the process ends. */
function closeBeforeQuitting(host: Host, log: Log): void {
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('will-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    host
      .close()
      .catch((error: unknown) => log.error('The host did not close cleanly', { error }))
      .finally(() => {
        state = 'closed'
        app.quit()
      })
  })
  // On shutdown the system waits a moment for apps that ask it to.
  powerMonitor.on('shutdown', () => app.quit())
}

function giveUp(log: Log, error: unknown): void {
  log.error('The app stopped because of a mistake in it', { error })
  const message = error instanceof Error ? error.message : String(error)
  dialog.showErrorBox('Tallystick has to close', message)
  app.exit(1)
}
