/** Messages of the sandbox are signed as Stripe signs its own: time and HMAC over the raw body. */

import { createHmac, timingSafeEqual } from 'node:crypto'
import { failure, type Result, success } from '#shared/result.ts'

/** Older messages are replays. */
export const TOLERANCE_MS = 5 * 60_000

export function signMessage(body: string, secret: string, at: number): string {
  const seconds = Math.floor(at / 1_000)
  return `t=${seconds},v1=${digest(body, secret, seconds).toString('hex')}`
}

const digest = (body: string, secret: string, seconds: number) =>
  createHmac('sha256', secret).update(`${seconds}.${body}`).digest()

/** Fails with `signature_wrong` or `signature_stale`. */
export function checkSignature(
  body: string,
  signature: string,
  secret: string,
  now: number,
): Result<null> {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature)
  const wrong = failure('signature_wrong', 'The message is not signed by the processor.')
  if (!match?.[1] || !match[2]) return wrong
  const seconds = Number(match[1])
  const given = Buffer.from(match[2], 'hex')
  if (!timingSafeEqual(given, digest(body, secret, seconds))) return wrong
  if (Math.abs(now - seconds * 1_000) > TOLERANCE_MS) {
    return failure('signature_stale', 'The message was signed too long ago.')
  }
  return success(null)
}
