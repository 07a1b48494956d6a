import type { HostBridge } from '#shared/host/bridge.ts'
import { createElectronBridge } from './electron-bridge.ts'
import { createSocketBridge } from './socket-bridge.ts'

/** Connects the page to its host, through whichever door it was opened. */
export function connectBridge(): HostBridge {
  if (window.tallystick) return createElectronBridge(window.tallystick)
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  return createSocketBridge({
    openSocket: (listener) => {
      const socket = new WebSocket(`${scheme}//${window.location.host}/host`)
      socket.onopen = listener.onOpen
      socket.onclose = listener.onClose
      socket.onmessage = ({ data }) => listener.onMessage(data)
      return socket
    },
    random: Math.random,
    setTimer: (run, delayMs) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  })
}
