import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { bearerToken } from './headers.ts'

const LOOPBACK = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/i

/**
 * Whether a request may read the metrics: with the token, or directly from this machine, not
 * through a proxy.
 */
export function metricsAllowed(request: IncomingMessage, token: string | null): boolean {
  const given = bearerToken(request.headers)
  if (token !== null && given !== null) return isSame(given, token)
  const isForwarded = 'x-forwarded-for' in request.headers || 'forwarded' in request.headers
  return !isForwarded && LOOPBACK.test(request.socket.remoteAddress ?? '')
}

function isSame(left: string, right: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(left), hash(right))
}
