/** The device's Ed25519 key, which signs the head of the chain whenever it leaves the machine. */

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { failure, type Result, success } from '#shared/result.ts'
import {
  type KeyPlace,
  makeSigningKey,
  openSigningKey,
  storedSigningKey,
} from '../secrets/signing-key.ts'
import type { Head } from './entry-chain.ts'

export interface HeadSigner {
  /** SPKI, base64. */
  readonly publicKey: string
  /** Signature, base64, over the `headText` of a head. */
  signHead(head: Head): string
  /** Signature, base64, over a usage record as it leaves the machine. */
  signRecord(record: string): string
}

const SECRET_NAME = 'ledger:device-key'

/**
 * The key kept in `secrets`, made on first use. Fails as the store does, or with
 * `device_key_damaged` if what is stored is not a key; it is never replaced silently.
 */
export function openDeviceKey(secrets: KeyPlace): Result<HeadSigner> {
  const key = openSigningKey(secrets, SECRET_NAME)
  if (!key.ok) return key
  if (key.data === 'damaged') return keyDamaged()
  let current = key.data
  return success(
    createSigner(() => {
      const stored = storedSigningKey(secrets, SECRET_NAME)
      if (stored.ok && stored.data !== null && stored.data !== 'damaged') current = stored.data
      return current
    }),
  )
}

/**
 * Gives this device a new key, because another machine has the old one too. What was signed before
 * names the key it was signed with. Fails as the store does.
 */
export function renewDeviceKey(secrets: KeyPlace): Result<null> {
  const made = makeSigningKey(secrets, SECRET_NAME)
  return made.ok ? success(null) : made
}

function keyDamaged() {
  return failure(
    'device_key_damaged',
    'The key of this device cannot be read. Restore it from a backup of the app’s data folder.',
  )
}

function createSigner(key: () => KeyObject): HeadSigner {
  return {
    get publicKey() {
      return createPublicKey(key()).export({ type: 'spki', format: 'der' }).toString('base64')
    },
    signHead: (head) => sign(null, headText(head), key()).toString('base64'),
    signRecord: (record) => sign(null, recordText(record), key()).toString('base64'),
  }
}

/** Whether `signature` is that of `publicKey` (both base64) over a head. */
export function isSignedBy(publicKey: string, head: Head, signature: string): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      type: 'spki',
      format: 'der',
    })
    return verify(null, headText(head), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

const recordText = (record: string) => Buffer.from(`tallystick usage record\n${record}`)

/** What is signed, prefixed with its purpose so that the signature can stand for nothing else. */
function headText({ sequence, at, hash }: Head): Uint8Array {
  return Buffer.from(`tallystick ledger head\n${sequence}\n${at}\n${hash}\n`)
}
