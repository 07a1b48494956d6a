/** Whether this machine has a network at all. Offline is a normal state, shown quietly. */

import { networkInterfaces } from 'node:os'
import type { Timers } from '#shared/ports/time.ts'

export interface Connectivity {
  online(): boolean
  close(): void
}

const LOOK_EVERY_MS = 5_000

/** Watches for an address other than loopback; calls `changed` at every change. */
export function watchConnectivity(
  timers: Timers,
  changed: (online: boolean) => void,
  isOnline: () => boolean = hasNetworkAddress,
): Connectivity {
  let online = isOnline()
  let cancel = timers.after(LOOK_EVERY_MS, look)

  function look(): void {
    const now = isOnline()
    if (now !== online) {
      online = now
      changed(online)
    }
    cancel = timers.after(LOOK_EVERY_MS, look)
  }

  return { online: () => online, close: () => cancel() }
}

function hasNetworkAddress(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ internal }) => !internal),
  )
}
