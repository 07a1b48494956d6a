/**
 * Verifies that a lease comes from the issuer: Ed25519 over the canonical text of its statement.
 */

import { type SignedLease, statementText } from '#shared/lease/statement.ts'
import { isSignedBy } from '../secrets/signing-key.ts'

/** `publicKey`: 32 bytes, base64url. Also false for an invalid key or signature. */
export function isSignedByIssuer(
  { statement, signature }: SignedLease,
  publicKey: string,
): boolean {
  return isSignedBy(publicKey, statementText(statement), signature)
}
