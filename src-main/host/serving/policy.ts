/** The headers that keep the window's page to itself. Shared by both doors. */

export interface PolicyOptions {
  /** Where the page may connect, in CSP words: `'none'` under Electron. */
  readonly connect: string
  /** The dev server's hot reload needs inline scripts and styles; a built window has none. */
  readonly development?: boolean
}

function contentSecurityPolicy({ connect, development = false }: PolicyOptions): string {
  const inline = development ? " 'unsafe-inline'" : ''
  return [
    "default-src 'none'",
    `script-src 'self'${inline}`,
    `style-src 'self'${inline}`,
    "font-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For every answer, whatever it holds. */
export function policyHeaders(options: PolicyOptions): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(options),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), midi=(), payment=(), screen-wake-lock=(), publickey-credentials-get=()',
  }
}
