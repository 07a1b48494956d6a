/**
 * The creator's Ed25519 key: it signs recipes. It is the person's, not the device's, which come and
 * go; whoever has it is the creator. The public half is kept in a file beside the recipes, so that
 * own ones are known as such even while the secret store is shut.
 */

import { type KeyObject, sign } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { creatorKey } from '#shared/recipes/recipe.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { readJsonFile, writeFileAtomic } from '../files/atomic-file.ts'
import {
  type KeyPlace,
  makeSigningKey,
  rawPublicKey,
  storedSigningKey,
} from '../secrets/signing-key.ts'

export interface CreatorKey {
  /** Base64url; null until there is a first recipe to sign. */
  publicKey(): string | null
  /**
   * Signs, making the key on first use. Fails as the secret store does, or with
   * `creator_key_damaged` when what is stored is no key; it is never replaced silently.
   */
  signer(): Result<Signer>
}

export interface Signer {
  readonly publicKey: string
  /** Base64url. */
  sign(text: string): string
}

const SECRET_NAME = 'recipes:creator-key'
const creatorFile = z.strictObject({ publicKey: creatorKey })

/** The creator of this data folder; `directory` must exist. */
export function openCreatorKey(directory: string, secrets: KeyPlace): CreatorKey {
  const file = join(directory, 'creator.json')
  const stored = readJsonFile(file, creatorFile)
  let known = stored.state === 'ok' ? stored.data.publicKey : null

  function open(): Result<Signer> {
    const stored = storedSigningKey(secrets, SECRET_NAME)
    if (!stored.ok) return stored
    if (stored.data === 'damaged' || (stored.data === null && known !== null)) return keyLost()
    const key = stored.data ? success(stored.data) : makeSigningKey(secrets, SECRET_NAME)
    return key.ok ? success(createSigner(key.data)) : key
  }

  return {
    publicKey: () => known,
    signer() {
      const opened = open()
      if (!opened.ok) return opened
      const { publicKey } = opened.data
      if (known !== publicKey) {
        writeFileAtomic(file, `${JSON.stringify({ publicKey })}\n`)
        known = publicKey
      }
      return opened
    },
  }
}

function keyLost() {
  return failure(
    'creator_key_damaged',
    'Your creator key cannot be read, so recipes cannot be signed. Restore it from a backup of the app’s data folder.',
  )
}

function createSigner(privateKey: KeyObject): Signer {
  return {
    publicKey: rawPublicKey(privateKey),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}
