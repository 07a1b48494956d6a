/** The key by which a team's server knows this machine: made with each enrolment, never used again. */

import { type KeyObject, sign } from 'node:crypto'
import { failure, type Result, success } from '#shared/result.ts'
import { type KeyPlace, openSigningKey, rawPublicKey } from '../secrets/signing-key.ts'

export interface TeamKey {
  /** 32 bytes, base64url. */
  readonly publicKey: string
  /** Ed25519, 64 bytes. */
  sign(text: string | Uint8Array): Uint8Array
}

export const teamKeyName = (enrolmentId: string) => `team:key:${enrolmentId}`

/** The key of an enrolment, made on first use. Fails as the store does, or `device_key_damaged`. */
export function openTeamKey(secrets: KeyPlace, enrolmentId: string): Result<TeamKey> {
  const key = openSigningKey(secrets, teamKeyName(enrolmentId))
  if (!key.ok) return key
  if (key.data === 'damaged') {
    return failure('device_key_damaged', 'This machine’s key for the team cannot be read.')
  }
  return success(keyOf(key.data))
}

function keyOf(privateKey: KeyObject): TeamKey {
  return {
    publicKey: rawPublicKey(privateKey),
    sign: (text) => sign(null, Buffer.from(text), privateKey),
  }
}
