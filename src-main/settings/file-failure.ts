import { failure, type HostError } from '#shared/result.ts'
import { systemErrorCode } from '../files/atomic-file.ts'
import { isDiskFull } from '../files/storage-trouble.ts'

/** The failure for a small file that could not be written; throws what the system did not raise. */
export function fileFailure(
  error: unknown,
  code: string,
  what: string,
): { readonly ok: false; readonly error: HostError } {
  const cause = systemErrorCode(error)
  if (cause === undefined) throw error
  if (isDiskFull(cause)) {
    return failure('disk_full', `The disk is full. ${what} could not be saved; free some space.`)
  }
  return failure(code, `${what} could not be saved. Check the permissions of the data folder.`, {
    cause,
  })
}
