/** The server's Ed25519 key: it signs what devices may spend. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { Database } from '../store/database.ts'

export interface ServerKey {
  /** Its 32 bytes, base64url. */
  readonly publicKey: string
  /** Ed25519 over a text, base64url. */
  sign(text: string): string
}

/** A key from its PKCS #8 PEM. Throws an Error that says so if it is not an Ed25519 key. */
export function serverKeyFrom(pem: string): ServerKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new Error('The signing key is not a private key in PEM form')
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('The signing key is not an Ed25519 key')
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return {
    publicKey: x ?? '',
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  }
}

export function newServerKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
}

/**
 * The key kept in `file`, made on first use and readable by its owner only. It is never replaced:
 * without it no device accepts leases from this server any more. Throws if others may read the
 * file.
 */
export function openServerKey(file: string): ServerKey {
  if (!existsSync(file)) writeFileSync(file, newServerKey(), { mode: 0o600, flag: 'wx' })
  const isPrivate = process.platform === 'win32' || (statSync(file).mode & 0o077) === 0
  if (!isPrivate) throw new Error(`Others may read ${file}, which signs leases: chmod 600 it`)
  return serverKeyFrom(readFileSync(file, 'utf8'))
}

const NAME = 'leases'

/**
 * Makes sure that all processes on a store sign with one key. Throws if the store's devices know
 * another.
 */
export async function claimStore(database: Database, { publicKey }: ServerKey): Promise<void> {
  const known = await database.transaction(async ({ query }) => {
    await query(
      'INSERT INTO signing_key (name, public_key) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
      NAME,
      publicKey,
    )
    const [row] = await query<{ public_key: string }>(
      'SELECT public_key FROM signing_key WHERE name = ?',
      NAME,
    )
    return row?.public_key
  })
  if (known !== publicKey) {
    throw new Error(
      'This database belongs to a server with another signing key. Give this process the same key.',
    )
  }
}
