/**
 * Signs messages by Standard Webhooks (standardwebhooks.com): whoever has the secret can tell that
 * a message is ours, complete, and not an old one replayed.
 */

import { createHmac } from 'node:crypto'

/**
 * The secret of a webhook, derived from the server's own and the change that set the webhook, so
 * that setting it twice gives the same, and a copy of the store's rows does not reveal it.
 */
export function secretOf(own: Uint8Array, accountId: string, changeId: string): string {
  const seal = createHmac('sha256', own).update(JSON.stringify(['webhook', accountId, changeId]))
  return `whsec_${seal.digest('base64')}`
}

/** The headers that a message is sent with at a moment. */
export function signedHeaders(
  secret: string,
  { id, body }: { readonly id: string; readonly body: string },
  now: number,
) {
  const timestamp = String(Math.floor(now / 1_000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  } as const
}
