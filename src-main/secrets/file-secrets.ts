import { success } from '#shared/result.ts'
import { createSecretFile } from './secret-file.ts'
import type { SecretStore } from './secret-store.ts'

/**
 * For the headless host: values in `secrets.json` of `directory`, readable by its owner only. They
 * are as safe as the user's own files: the threat model says so.
 */
export function createFileSecrets(directory: string): SecretStore {
  return createSecretFile(directory, 'secrets.json', { seal: success, open: success })
}
