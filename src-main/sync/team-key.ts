/** The key by which a team's server knows this machine: made with each enrolment, never used again. */

import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { failure, type Result, success } from '#shared/result.ts'
import { type KeyPlace, makeSigningKey, storedSigningKey } from '../secrets/signing-key.ts'

export interface TeamKey {
  /** 32 bytes, base64url. */
  readonly publicKey: string
  /** Ed25519, 64 bytes. */
  sign(text: string | Uint8Array): Uint8Array
}

export const teamKeyName = (enrolmentId: string) => `team:key:${enrolmentId}`

/** The key of an enrolment, made on first use. Fails as the store does, or `device_key_damaged`. */
export function openTeamKey(secrets: KeyPlace, enrolmentId: string): Result<TeamKey> {
  const name = teamKeyName(enrolmentId)
  const stored = storedSigningKey(secrets, name)
  if (!stored.ok) return stored
  if (stored.data === 'damaged') {
    return failure('device_key_damaged', 'This machine’s key for the team cannot be read.')
  }
  const key = stored.data ? success(stored.data) : makeSigningKey(secrets, name)
  return key.ok ? success(keyOf(key.data)) : key
}

function keyOf(privateKey: KeyObject): TeamKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { publicKey: x, sign: (text) => sign(null, Buffer.from(text), privateKey) }
}
