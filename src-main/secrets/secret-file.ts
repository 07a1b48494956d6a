/** The file both secret stores keep: names and sealed values, for its owner's eyes only. */

import * as fs from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { failure, success, type Result } from '#shared/result.ts'
import {
  ensurePrivateDirectory,
  PRIVATE_FILE,
  readJsonFile,
  systemErrorCode,
  writeFileAtomic,
} from '../files/atomic-file.ts'
import type { SecretStore } from './secret-store.ts'

/** How a value is written down. Neither direction may put a value in a message. */
export interface Sealing {
  seal(value: string): Result<string>
  open(stored: string): Result<string>
}

const secretFileSchema = z.strictObject({
  format: z.literal(1),
  values: z.record(z.string().min(1).max(300), z.string().max(100_000)),
})
type SecretValues = Readonly<Record<string, string>>

const OTHERS_MAY = 0o077

/**
 * A store in one file. A damaged file is never overwritten: it may hold the only copy of a key, so
 * every call answers `secrets_damaged` until a person has moved it away or restored it.
 */
export function createSecretFile(directory: string, name: string, sealing: Sealing): SecretStore {
  const path = join(directory, name)

  function load(): Result<SecretValues> {
    return guarded(path, () => {
      ensurePrivateDirectory(directory)
      const exposed = findExposure(directory) ?? (fs.existsSync(path) ? narrow(path) : null)
      if (exposed) return failure('secrets_unavailable', exposed)
      const file = readJsonFile(path, secretFileSchema)
      if (file.state === 'missing') return success({})
      if (file.state === 'ok') return success(file.data.values)
      const advice = `Restore ${path} from a backup, or move it away to start without the keys in it.`
      return failure('secrets_damaged', `The stored keys cannot be read. ${advice}`)
    })
  }

  function store(values: SecretValues): Result<null> {
    return guarded(path, () => {
      writeFileAtomic(path, `${JSON.stringify({ format: 1, values }, null, 2)}\n`, PRIVATE_FILE)
      const exposed = findExposure(path)
      return exposed ? failure('secrets_unavailable', exposed) : success(null)
    })
  }

  return {
    read(name) {
      const loaded = load()
      if (!loaded.ok) return loaded
      const stored = ownValue(loaded.data, name)
      return stored === undefined ? success(null) : sealing.open(stored)
    },
    write(name, value) {
      const loaded = load()
      if (!loaded.ok) return loaded
      const sealed = sealing.seal(value)
      return sealed.ok ? store({ ...loaded.data, [name]: sealed.data }) : sealed
    },
    remove(name) {
      const loaded = load()
      if (!loaded.ok) return loaded
      if (ownValue(loaded.data, name) === undefined) return success(null)
      const { [name]: _, ...others } = loaded.data
      return store(others)
    },
  }
}

function ownValue(values: SecretValues, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

/** Takes others' rights away first; a file system that cannot is no place for keys. */
function narrow(path: string): string | null {
  if (process.platform !== 'win32' && (fs.lstatSync(path).mode & OTHERS_MAY) !== 0) {
    fs.chmodSync(path, PRIVATE_FILE)
  }
  return findExposure(path)
}

function findExposure(path: string): string | null {
  if (process.platform === 'win32') return null
  const facts = fs.lstatSync(path)
  if (facts.isSymbolicLink()) {
    return `Keys are not kept behind a link. Replace ${path} by the file or folder itself.`
  }
  if ((facts.mode & OTHERS_MAY) !== 0) {
    return `Other users of this machine can open ${path}, and that cannot be changed there. Choose a data folder on a disk with file permissions.`
  }
  if (facts.uid !== process.getuid?.()) {
    return `${path} belongs to another user of this machine. Choose a data folder of your own.`
  }
  return null
}

function guarded<T>(path: string, work: () => Result<T>): Result<T> {
  try {
    return work()
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    const message = `The stored keys at ${path} cannot be opened or saved (${code}). Check the disk and the folder's permissions.`
    return failure('secrets_unavailable', message, { code })
  }
}
