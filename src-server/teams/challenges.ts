/**
 * Challenges for machines to sign. Nothing is stored until one is used: it carries its own expiry
 * and a seal, so that asking for one costs the store nothing, and any process can check it.
 */

import { type Clock } from '#shared/ports/time.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type Proof, proofText } from '#shared/team/keys.ts'
import type { Chance } from '../ports/chance.ts'
import type { Database } from '../store/database.ts'
import { hashOf, isSame, isSignedBy, sealOf } from './hashes.ts'

export interface ChallengeDeps {
  readonly database: Database
  readonly clock: Pick<Clock, 'now'>
  readonly chance: Chance
  /** Known to every process on the store. */
  readonly secret: Uint8Array
  /** Whether the server goes by an address. */
  isOwnAddress(address: string): boolean
}

export interface Challenges {
  issue(publicKey: string): { readonly challenge: string; readonly expiresAt: number }
  /**
   * Proves that the caller has the key now, and uses up the challenge. Fails with `wrong_address`,
   * `challenge_invalid` or `signature_invalid`.
   */
  check(call: string, proof: Proof): Promise<Result<null>>
}

const LIFETIME_MS = 2 * 60_000

export function createChallenges(deps: ChallengeDeps): Challenges {
  const { database, clock, chance, secret } = deps

  const seal = (publicKey: string, expiresAt: number, nonce: string) =>
    sealOf(secret, ['challenge', publicKey, expiresAt, nonce])

  /** When it ends, if it is ours and for that key; otherwise null. */
  function endOf({ challenge, publicKey }: Proof): number | null {
    const [end = '', nonce = '', sealed = '', ...more] = challenge.split('.')
    if (more.length > 0 || !/^\d{1,15}$/.test(end)) return null
    const expected = seal(publicKey, Number(end), nonce)
    return isSame(expected, Buffer.from(sealed, 'base64url')) ? Number(end) : null
  }

  async function isUnused(challenge: string, expiresAt: number): Promise<boolean> {
    await database.query('DELETE FROM used_challenge WHERE expires_at < ?', clock.now())
    const [used] = await database.query(
      `INSERT INTO used_challenge (hash, expires_at) VALUES (?, ?)
       ON CONFLICT (hash) DO NOTHING RETURNING hash`,
      hashOf(challenge),
      expiresAt,
    )
    return used !== undefined
  }

  return {
    issue(publicKey) {
      const expiresAt = clock.now() + LIFETIME_MS
      const nonce = Buffer.from(chance.bytes(16)).toString('base64url')
      const sealed = Buffer.from(seal(publicKey, expiresAt, nonce)).toString('base64url')
      return { challenge: `${expiresAt}.${nonce}.${sealed}`, expiresAt }
    },
    async check(call, proof) {
      if (!deps.isOwnAddress(proof.address)) {
        return failure(
          'wrong_address',
          `This server does not go by ${proof.address}. Whoever runs it can add that address to its settings.`,
        )
      }
      const expiresAt = endOf(proof)
      if (expiresAt === null || expiresAt <= clock.now()) return challengeInvalid()
      if (!isSignedBy(proof.publicKey, proofText(call, proof), proof.signature)) {
        return failure('signature_invalid', 'The signature is not that of this machine’s key.')
      }
      return (await isUnused(proof.challenge, expiresAt)) ? success(null) : challengeInvalid()
    },
  }
}

function challengeInvalid() {
  return failure('challenge_invalid', 'The challenge has expired or was used. Ask for a new one.')
}
