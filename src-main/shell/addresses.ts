/** Which addresses the window may be at, and which it may hand to the system's browser. */

export const SCHEME = 'app'
export const APP_ORIGIN = `${SCHEME}://tallystick`

/** Whether the window may show this address: the app's own pages and nothing else. */
export function isAppAddress(address: string): boolean {
  // `URL.origin` is "null" for schemes it does not know, so the parts are compared.
  const url = parse(address)
  return (
    url?.protocol === `${SCHEME}:` &&
    url.host === 'tallystick' &&
    url.username === '' &&
    url.password === ''
  )
}

/** Whether an address may be opened outside: https, and no name or password hidden in it. */
export function isExternalAddress(address: string): boolean {
  const url = parse(address)
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
}

/** Whether an address is one of this app's own pages on this machine: opened by the host alone. */
export function isLoopbackPage(address: string): boolean {
  const url = parse(address)
  return (
    url?.protocol === 'http:' &&
    url.hostname === '127.0.0.1' &&
    url.username === '' &&
    url.password === ''
  )
}

/** What the page may load while it is shown. Everything else is refused before it leaves. */
export function isLoadable(address: string, developmentOrigin: string | null): boolean {
  const url = parse(address)
  if (!url) return false
  if (isAppAddress(address)) return true
  if (['blob:', 'data:', 'devtools:'].includes(url.protocol)) return true
  if (developmentOrigin === null) return false
  return address.replace(/^ws/, 'http').startsWith(`${developmentOrigin}/`)
}

function parse(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null
}
