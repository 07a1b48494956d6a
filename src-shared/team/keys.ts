/**
 * How a machine proves which one it is: it signs a challenge of the server with its own Ed25519 key
 * (docs/server.md: enrolment). The server never takes an identity from what a machine says of itself.
 */

import { z } from 'zod'

/** An Ed25519 public key: its 32 bytes, base64url. */
export const publicKeySchema = z.string().regex(/^[\w-]{43}$/, 'This is no public key')
/** An Ed25519 signature: its 64 bytes, base64url. */
const signatureSchema = z.string().regex(/^[\w-]{86}$/, 'This is no signature')

export const proofSchema = z.strictObject({
  publicKey: publicKeySchema,
  /** As the server gave it; good once, for a short while. */
  challenge: z.string().min(1).max(300),
  /** The server's address as the machine reaches it (`https://team.example`), without a path. */
  address: z.string().min(1).max(300),
  signature: signatureSchema,
})
export type Proof = z.output<typeof proofSchema>

/**
 * What a machine signs, prefixed with its purpose so that the signature can stand for nothing else.
 * It includes the call and the address, so that a server cannot relay to another what it was shown.
 */
export function proofText(
  call: string,
  { publicKey, challenge, address }: Omit<Proof, 'signature'>,
): string {
  return `tallystick proof 1\n${JSON.stringify([call, address, publicKey, challenge])}\n`
}
