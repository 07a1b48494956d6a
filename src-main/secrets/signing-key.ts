/** Ed25519 private keys as the secret store keeps them: PEM, made once, never replaced silently. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from 'node:crypto'
import { type Result, success } from '#shared/result.ts'

/** Where private keys are kept; a secret store fits. */
export interface KeyPlace {
  /** Null when there is none yet. */
  read(name: string): Result<string | null>
  write(name: string, value: string): Result<null>
}

/** The key of that name: null when there is none yet, `damaged` when what is stored is no key. */
export function storedSigningKey(
  keys: KeyPlace,
  name: string,
): Result<KeyObject | 'damaged' | null> {
  const stored = keys.read(name)
  if (!stored.ok) return stored
  return success(stored.data === null ? null : (readKey(stored.data) ?? 'damaged'))
}

function readKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    // The error's own text could quote the key.
    return null
  }
}

/** Makes a key and keeps it under that name. Fails as the store does. */
export function makeSigningKey(keys: KeyPlace, name: string): Result<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const written = keys.write(name, pem)
  return written.ok ? success(privateKey) : written
}

/** The key of that name, made on first use; `damaged` when what is stored is no key. Fails as the store does. */
export function openSigningKey(keys: KeyPlace, name: string): Result<KeyObject | 'damaged'> {
  const stored = storedSigningKey(keys, name)
  if (!stored.ok) return stored
  return stored.data === null ? makeSigningKey(keys, name) : success(stored.data)
}

/** The public half, 32 bytes as base64url. */
export function rawPublicKey(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ format: 'jwk' }).x ?? ''
}

/** Whether `signature` is that of `publicKey` (both base64url) over `text`; false also for what is no key. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}
