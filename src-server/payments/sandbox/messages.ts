/** The sandbox’s messages: signed, sent once, and found by asking where they are lost. */

import type { SavedCard } from '#shared/host/purchase.ts'
import type { TimedEvent } from '#shared/purchase/events.ts'
import { success } from '#shared/result.ts'
import type { Gateway, GatewayMessage, PurchaseKey } from '../gateway.ts'
import type { SandboxPorts } from './ports.ts'
import { checkSignature, signMessage } from './signature.ts'

/** What a message says. */
export interface Told {
  readonly about: PurchaseKey | null
  readonly reference: string | null
  readonly payment: string | null
  readonly events: readonly TimedEvent[]
  readonly card: SavedCard | null
  readonly customer: GatewayMessage['customer']
}

export const NOTHING: Told = {
  about: null,
  reference: null,
  payment: null,
  events: [],
  card: null,
  customer: null,
}

export interface SandboxMessages extends Pick<Gateway, 'verify' | 'read'> {
  tell(type: string, told: Told): Promise<void>
}

export function createSandboxMessages(
  { clock, chance, log, deliver }: SandboxPorts,
  unguessable: (prefix: string) => string,
): SandboxMessages {
  // Messages do not outlive the process that signs them; what is lost is asked for.
  const secret = Buffer.from(chance.bytes(32)).toString('base64url')
  return {
    async tell(type: string, told: Told): Promise<void> {
      const body = JSON.stringify({ id: unguessable('evt'), type, ...told })
      try {
        await deliver(body, signMessage(body, secret, clock.now()))
      } catch (error) {
        log.warn('A message of the sandbox was not taken', { type, error })
      }
    },
    verify(body, signature) {
      const checked = checkSignature(body, signature, secret, clock.now())
      if (!checked.ok) return checked
      const { id, type } = JSON.parse(body) as { id: string; type: string }
      return success({ id, type })
    },
    read(body) {
      const { about, reference, payment, events, card, customer } = JSON.parse(body) as Told
      return { about, reference, payment, events, card, customer, receiptUrl: null, ended: null }
    },
  }
}
