/** Whether an address is on this machine or its own network, by its name alone. */

const LOCAL_NAMES = /(^|\.)(localhost|local|lan|home\.arpa|internal)$/

export function isLocalAddress(url: string): boolean {
  const host = hostOf(url)
  if (host === null) return false
  if (host.startsWith('[')) return isLocalIpv6(host.slice(1, -1))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isLocalIpv4(host)
  return LOCAL_NAMES.test(host) || !host.includes('.')
}

function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  return new URL(url).hostname.toLowerCase().replace(/\.$/, '')
}

/** Loopback, private (RFC 1918), link-local, and carrier-grade NAT as VPNs use it. */
function isLocalIpv4(host: string): boolean {
  const [first = 0, second = 0] = host.split('.').map(Number)
  if (host === '0.0.0.0' || first === 127 || first === 10) return true
  if (first === 172) return second >= 16 && second <= 31
  if (first === 100) return second >= 64 && second <= 127
  return (first === 192 && second === 168) || (first === 169 && second === 254)
}

/** `URL` has already put the address into its shortest form, IPv4-mapped ones in hex. */
function isLocalIpv6(host: string): boolean {
  if (host === '::1' || host === '::') return true
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host)
  if (mapped) {
    const high = Number.parseInt(mapped[1] ?? '', 16)
    const low = Number.parseInt(mapped[2] ?? '', 16)
    return isLocalIpv4(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`)
  }
  return /^f[cd]/.test(host) || /^fe[89ab]/.test(host)
}
