/** Whether a lease is the issuer's own word: Ed25519 over the one spelling of its statement. */

import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type SignedLease, statementText } from '#shared/lease/statement.ts'

/** SPKI of an Ed25519 key, up to its 32 bytes. */
const KEY_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32

/** `publicKey`: 32 bytes, base64url. False also for what is no key or no signature. */
export function isSignedByIssuer(
  { statement, signature }: SignedLease,
  publicKey: string,
): boolean {
  const key = readPublicKey(publicKey)
  if (!key) return false
  const text = Buffer.from(statementText(statement))
  return verify(null, text, key, Buffer.from(signature, 'base64url'))
}

function readPublicKey(publicKey: string): KeyObject | null {
  const bytes = Buffer.from(publicKey, 'base64url')
  if (bytes.length !== KEY_BYTES) return null
  const key = Buffer.concat([KEY_PREFIX, bytes])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}
