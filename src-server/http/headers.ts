import type { IncomingHttpHeaders } from 'node:http'

/** The token of `authorization: Bearer …`; null when there is none. */
export function bearerToken(headers: IncomingHttpHeaders): string | null {
  return /^Bearer ([\w.~+/=-]{1,500})$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
