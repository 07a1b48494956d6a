import { BrowserWindow, screen } from 'electron'
import type { Log } from '#shared/ports/log.ts'
import { APP_ORIGIN } from './addresses.ts'
import { FIRST_SIZE, MINIMUM_SIZE, readWindowPlace, writeWindowPlace } from './window-place.ts'

export interface WindowOptions {
  readonly preload: string
  readonly dataDirectory: string
  readonly log: Log
}

/** A page that keeps crashing this often within a minute is left alone. */
const RELOADS_PER_MINUTE = 3

/** Opens the app's window where it was last, and shows it once there is something to see. */
export function openWindow({ preload, dataDirectory, log }: WindowOptions): BrowserWindow {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
  const place = readWindowPlace(dataDirectory, screens)
  const bounds = place && { x: place.x, y: place.y, width: place.width, height: place.height }
  const window = new BrowserWindow({
    ...(bounds ?? FIRST_SIZE),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    show: false,
    title: 'Tallystick',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Elsewhere Chromium would fetch dictionaries from its maker.
      spellcheck: process.platform === 'darwin',
    },
  })
  if (place?.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    const normal = window.getNormalBounds()
    writeWindowPlace(dataDirectory, { ...normal, maximized: window.isMaximized() }, log)
  })
  reloadAfterCrash(window, log)
  window.loadURL(`${APP_ORIGIN}/`).catch((error: unknown) => {
    log.error('The window could not be loaded', { error })
    window.show()
  })
  return window
}

/** The host keeps what runs; a page that comes back attaches to it. */
function reloadAfterCrash(window: BrowserWindow, log: Log): void {
  let crashes: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = Date.now()
    crashes = [...crashes.filter((at) => now - at < 60_000), now]
    log.error('The window’s page ended unexpectedly', { reason, crashes: crashes.length })
    if (crashes.length <= RELOADS_PER_MINUTE) window.webContents.reload()
  })
}
