/** Electron's side of the contract: calls of our own page only, events to every window. */

import { BrowserWindow, ipcMain } from 'electron'
import type { IpcMainInvokeEvent } from 'electron'
import { failure } from '#shared/result.ts'
import type { Host } from '../host/host.ts'
import type { Log } from '#shared/ports/log.ts'
import { isAppAddress } from './addresses.ts'
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts'

/** Connects the host to the windows there are and will be. */
export function connectWindows(host: Host, log: Log): void {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown) => {
    if (isOurPage(event)) return host.dispatch(name, input)
    log.warn('A call came from a page that is not ours')
    return failure('not_allowed', 'This page may not use Tallystick.')
  })
  host.onEvent((event) => {
    for (const window of BrowserWindow.getAllWindows()) {
      if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, event)
    }
  })
}

/** The top frame of a window, showing one of the app's own pages. */
function isOurPage({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isAppAddress(senderFrame.url)
}
