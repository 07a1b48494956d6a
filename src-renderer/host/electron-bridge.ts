import type { HostBridge, WindowApi } from '#shared/host/bridge.ts'
import type { CallInput, CallName, CallOutput } from '#shared/host/calls.ts'
import type { Result } from '#shared/result.ts'
import { hostUnreachable } from './unreachable.ts'

declare global {
  interface Window {
    /** Present under Electron only. */
    readonly tallystick?: WindowApi
  }
}

/** The bridge over the preload's API. Its connection is never lost. */
export function createElectronBridge(api: WindowApi): HostBridge {
  return {
    door: 'electron',
    async call<Name extends CallName>(name: Name, input: CallInput<Name>) {
      try {
        return (await api.call(name, input)) as Result<CallOutput<Name>>
      } catch {
        return hostUnreachable
      }
    },
    onEvent: (listener) => api.onEvent(listener),
    onConnection: () => () => undefined,
  }
}
