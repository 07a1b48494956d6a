/** What the store keeps in place of credentials. */

import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto'

/** SHA-256, hex. What is hashed is random, so nothing slower is needed. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** HMAC-SHA-256 of parts that no other list of parts spells the same. */
export function sealOf(secret: Uint8Array, parts: readonly (string | number)[]): Uint8Array {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest()
}

/** Compares in constant time. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Whether an Ed25519 signature (base64url) is that of a raw public key (base64url). */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    // Not a point of the curve.
    return false
  }
}
