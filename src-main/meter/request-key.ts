/** The hash under which the library finds the results of a request again. */

import { createHash } from 'node:crypto'
import { requestIdentity, type SentMessage } from '#shared/host/request-identity.ts'
import type { RunRequest } from '#shared/host/requests.ts'

/** Null when the request is to be made anew each time. */
export function requestKeyOf(
  request: RunRequest,
  operation: string,
  messages: readonly SentMessage[],
): string | null {
  const identity = requestIdentity(request, operation, messages)
  return identity === null ? null : createHash('sha256').update(identity).digest('hex')
}
