/** Where webhooks may go: not into the server's own networks. */

import { BlockList, isIP } from 'node:net'
import { failure, type Result, success } from '#shared/result.ts'

/** Loopback, private, link-local, shared, documentation, multicast and reserved ranges. */
const NOT_PUBLIC: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // Of IPv6 only 2000::/3 is allocated; within it, the ranges for documentation and those mapped to
  // IPv4.
  ['::', 3, 'ipv6'],
  ['2001::', 32, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
]

const notPublic = new BlockList()
for (const [net, prefix, family] of NOT_PUBLIC) notPublic.addSubnet(net, prefix, family)

/** Whether an IP address is public. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && !notPublic.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const LONGEST = 500

/**
 * A webhook's address, normalised: https, or http to this machine if the operator allows webhooks
 * into its own networks. Names are looked up when a message is sent, and judged again then. Fails
 * with `webhook_url_wrong` or `webhook_not_public`.
 */
export function readWebhookUrl(text: string, mayBePrivate: boolean): Result<string> {
  if (text.length > LONGEST || !URL.canParse(text)) return wrong()
  const { protocol, hostname, username, password, href } = new URL(text)
  if (username !== '' || password !== '') return wrong()
  const isLoopback = LOOPBACK.includes(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) return wrong()
  const bare = hostname.replace(/^\[|\]$/g, '')
  const isOwn = isLoopback || (isIP(bare) !== 0 && !isPublicAddress(bare))
  if (isOwn && !mayBePrivate) {
    return failure(
      'webhook_not_public',
      'This address is inside the server’s own network. Whoever runs the server can allow that.',
    )
  }
  return success(href)
}

function wrong() {
  return failure('webhook_url_wrong', 'Give an address such as https://example.com/credits.')
}
