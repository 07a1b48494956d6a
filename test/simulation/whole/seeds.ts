/** What is random in a real world and must not be here: ids, keys, secrets. */

import { createPrivateKey, hash } from 'node:crypto'
import type { Ids } from '#shared/ports/ids.ts'
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts'
import { success } from '#shared/result.ts'

/** PKCS #8 of an Ed25519 key, up to its 32 bytes. */
const KEY_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

export function keyFor(what: string): string {
  const secret = hash('sha256', what, 'buffer')
  const key = Buffer.concat([KEY_PREFIX, secret])
  const read = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  return read.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** UUIDs in order. */
export function createIds(): Ids {
  let count = 0
  return { next: () => uuidOf(++count) }
}

export const uuidOf = (number: number) =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`

/** Bytes that follow from a seed. */
export function createBytes(seed: number): { bytes(count: number): Uint8Array } {
  let drawn = 0
  return {
    bytes(count) {
      const parts: Buffer[] = []
      for (let have = 0; have < count; have += 32) {
        parts.push(hash('sha256', `${seed} ${++drawn}`, 'buffer'))
      }
      return Buffer.concat(parts).subarray(0, count)
    },
  }
}

/** Secrets that lie beside a disk and are copied with it; keys follow from their names. */
export function secretsIn(values: Map<string, string>): SecretStore {
  return {
    read(name) {
      if (!values.has(name) && name.startsWith('team:key:')) values.set(name, keyFor(name))
      return success(values.get(name) ?? null)
    },
    write(name, value) {
      values.set(name, value)
      return success(null)
    },
    remove(name) {
      values.delete(name)
      return success(null)
    },
  }
}
