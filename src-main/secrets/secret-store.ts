/** Where keys live: provider keys under `provider:<id>`, the ledger's device key under its own name. */

import type { Result } from '#shared/result.ts'

/**
 * Values are read and replaced whole. A failure's message never holds a value.
 * Codes: `secrets_unavailable` (this machine cannot keep a secret safely, or the file cannot be
 * read or written) and `secrets_damaged` (what is stored cannot be understood or decrypted).
 */
export interface SecretStore {
  /** The stored value, null when there is none. */
  read(name: string): Result<string | null>
  write(name: string, value: string): Result<null>
  /** Succeeds also when there was nothing. */
  remove(name: string): Result<null>
}
