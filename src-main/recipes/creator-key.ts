/**
 * The creator's Ed25519 key: it signs recipes. It is the person's, not the device's, which come and
 * go; whoever has it is the creator. The public half is kept in a file beside the recipes, so that
 * own ones are known as such even while the secret store is shut.
 */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { creatorKey } from '#shared/recipes/recipe.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { readJsonFile, writeFileAtomic } from '../files/atomic-file.ts'
import type { SecretStore } from '../secrets/secret-store.ts'

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
export function openCreatorKey(directory: string, secrets: SecretStore): CreatorKey {
  const file = join(directory, 'creator.json')
  const stored = readJsonFile(file, creatorFile)
  let known = stored.state === 'ok' ? stored.data.publicKey : null

  function open(): Result<Signer> {
    const secret = secrets.read(SECRET_NAME)
    if (!secret.ok) return secret
    if (secret.data !== null) return readKey(secret.data)
    if (known !== null) return keyLost()
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const written = secrets.write(SECRET_NAME, pem)
    return written.ok ? success(createSigner(privateKey)) : written
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

function readKey(pem: string): Result<Signer> {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return success(createSigner(key))
  } catch {
    // Said below: the error's own text could quote the key.
  }
  return keyLost()
}

function keyLost() {
  return failure(
    'creator_key_damaged',
    'Your creator key cannot be read, so recipes cannot be signed. Restore it from a backup of the app’s data folder.',
  )
}

function createSigner(privateKey: KeyObject): Signer {
  return {
    publicKey: createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '',
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}

/** Whether `signature` is that of `publicKey` (both base64url) over `text`. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}
