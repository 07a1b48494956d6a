/** The part of a session about what the team has, for its device to show. */

import type { PoolMessage } from '#shared/sync/messages.ts'
import type { Identity } from '../teams/identity.ts'
import type { Outgoing } from './outgoing.ts'
import type { SessionPorts } from './ports.ts'

/** Changes with every run, so it is sent at most this often. */
const POOL_EVERY_MS = 5_000

export interface PoolTalk {
  /** Sends it now, if it changed. */
  tell(): Promise<void>
  /** Before long. */
  tellSoon(): void
  /** The number the device heard last; anything lost is sent again. */
  heard(number: number): void
  /** The number of the last one sent. */
  told(): number
  stop(): void
}

export function createPoolTalk(
  { authority, timers, log }: Pick<SessionPorts, 'authority' | 'timers' | 'log'>,
  { accountId, deviceId }: Identity,
  outgoing: Outgoing,
): PoolTalk {
  let said = ''
  let told = 0
  let cancel: (() => void) | null = null

  async function tell(): Promise<void> {
    const pool: PoolMessage = { type: 'pool', ...(await authority.pool(accountId)) }
    const text = JSON.stringify(pool)
    if (text === said) return
    said = text
    told += 1
    outgoing.send({ ...pool, number: told })
  }

  return {
    tell,
    tellSoon() {
      cancel ??= timers.after(POOL_EVERY_MS, () => {
        cancel = null
        tell().catch((error: unknown) => {
          log.warn('What the team has could not be told', { device: deviceId, error })
        })
      })
    },
    heard(number) {
      if (number < told) said = ''
    },
    told: () => told,
    stop() {
      cancel?.()
      cancel = null
    },
  }
}
