/** Whether a lease is the issuer's own word: Ed25519 over the one spelling of its statement. */

import { type SignedLease, statementText } from '#shared/lease/statement.ts'
import { isSignedBy } from '../secrets/signing-key.ts'

/** `publicKey`: 32 bytes, base64url. False also for what is no key or no signature. */
export function isSignedByIssuer(
  { statement, signature }: SignedLease,
  publicKey: string,
): boolean {
  return isSignedBy(publicKey, statementText(statement), signature)
}
