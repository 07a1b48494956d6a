/** The hash under which the library finds the results of a request again. */

import { requestIdentity, type SentMessage } from '#shared/host/request-identity.ts'
import type { RunRequest } from '#shared/host/requests.ts'
import { sha256 } from '../ports/sha256.ts'

/** Null if the request must be made anew each time. */
export function requestKeyOf(
  request: RunRequest,
  operation: string,
  messages: readonly SentMessage[],
): string | null {
  const identity = requestIdentity(request, operation, messages)
  return identity === null ? null : sha256(identity)
}
