/** All that a page sees of Electron: one function to call the host, one to hear it. */

import { contextBridge, ipcRenderer } from 'electron'
import type { WindowApi } from '#shared/host/bridge.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { Result } from '#shared/result.ts'
import { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts'

const api = {
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input) as Promise<Result<unknown>>,
  onEvent(listener) {
    // The Electron event names the sender: it stays on this side.
    const hear = (_: unknown, event: HostEvent) => listener(event)
    ipcRenderer.on(EVENT_CHANNEL, hear)
    return () => {
      ipcRenderer.off(EVENT_CHANNEL, hear)
    }
  },
} satisfies WindowApi

contextBridge.exposeInMainWorld('tallystick', api)
