/** For the desktop app: values sealed by the system's keychain before they reach the disk. */

import { failure, success } from '#shared/result.ts'
import { createSecretFile, type Sealing } from './secret-file.ts'
import type { SecretStore } from './secret-store.ts'

/** What is needed of Electron's `safeStorage`; the shell passes it in once the app is ready. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean
  encryptString(plainText: string): Uint8Array
  decryptString(encrypted: Buffer): string
  /** Linux only. */
  getSelectedStorageBackend?(): string
}

/** On Linux without a keyring Electron would "encrypt" with a password that everybody knows. */
const PLAIN_TEXT_BACKENDS = ['basic_text', 'unknown']

export function createSafeStorageSecrets(storage: SafeStorage, directory: string): SecretStore {
  const unsafe = () =>
    !storage.isEncryptionAvailable() ||
    PLAIN_TEXT_BACKENDS.includes(storage.getSelectedStorageBackend?.() ?? '')

  const sealing: Sealing = {
    seal(value) {
      if (unsafe()) return noKeychain()
      try {
        return success(Buffer.from(storage.encryptString(value)).toString('base64'))
      } catch {
        return noKeychain()
      }
    },
    open(stored) {
      if (unsafe()) return noKeychain()
      try {
        return success(storage.decryptString(Buffer.from(stored, 'base64')))
      } catch {
        const message =
          'A stored key cannot be unlocked: it was kept by another user or on another machine. Enter it again.'
        return failure('secrets_damaged', message)
      }
    },
  }
  return createSecretFile(directory, 'secrets-sealed.json', sealing)
}

function noKeychain() {
  const message =
    'This machine has no unlocked keychain, so keys cannot be kept safely. Unlock it, or install one such as GNOME Keyring or KWallet, and try again.'
  return failure('secrets_unavailable', message)
}
