/** Who may come through the browser door. Pure decisions over a request's headers. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** 256 bits; whoever knows it is the user. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export interface Access {
  /** False for a name that merely resolves to this machine (DNS rebinding). */
  isOurHost(headers: IncomingHttpHeaders): boolean
  /** Whether a page of this door made the request, and not another site or port. */
  isOurOrigin(headers: IncomingHttpHeaders): boolean
  /** False when the browser says that a page of another origin embeds or fetches this. */
  isOurPage(headers: IncomingHttpHeaders): boolean
  hasCookie(headers: IncomingHttpHeaders): boolean
  isToken(candidate: string | null): boolean
  /** The `Set-Cookie` value that lets this browser in until it is closed. */
  readonly cookie: string
}

export function createAccess(port: number, token: string): Access {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  // Browsers send cookies to every port of a host: the name keeps two doors apart.
  const cookieName = `tallystick_${port}`
  const isToken = (candidate: string | null) => candidate !== null && sameSecret(candidate, token)
  return {
    isOurHost: (headers) => hosts.includes(headers.host ?? ''),
    isOurOrigin: (headers) =>
      headers.origin !== undefined && headers.origin === `http://${headers.host ?? ''}`,
    isOurPage: (headers) => {
      const site = headers['sec-fetch-site']
      if (site === undefined || site === 'same-origin' || site === 'none') return true
      return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
    },
    hasCookie: (headers) => cookieValues(headers.cookie, cookieName).some(isToken),
    isToken,
    cookie: `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`,
  }
}

function cookieValues(header: string | undefined, name: string): readonly string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}

/** Takes the same time wherever the two differ. */
function sameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
