/**
 * An invite as people pass it on: a code such as `7K3M-9QXP-04TN-B2VD-6HRA`, or a link to the server
 * with the code behind `#`, where it stays out of every log.
 */

import { failure, type Result, success } from '../result.ts'

/** Crockford's base 32: no letter that looks like a digit. */
const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 20
const GROUP = 4

/** The code of 20 letters' worth of bytes; what is beyond the lowest 5 bits of each is left out. */
export function codeOf(bytes: Uint8Array): string {
  if (bytes.length < CODE_LENGTH) throw new Error('A code needs more bytes')
  const letters = [...bytes.subarray(0, CODE_LENGTH)].map((byte) => CODE_LETTERS.charAt(byte & 31))
  return groups(letters.join(''))
}

function groups(letters: string): string {
  const parts = Array.from({ length: CODE_LENGTH / GROUP }, (_, at) =>
    letters.slice(at * GROUP, (at + 1) * GROUP),
  )
  return parts.join('-')
}

/** The code in its one spelling, however it was typed; null when it is none. */
export function readCode(text: string): string | null {
  const letters = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  const isCode =
    letters.length === CODE_LENGTH && [...letters].every((one) => CODE_LETTERS.includes(one))
  return isCode ? groups(letters) : null
}

/** The link for a code: it opens a page that says what to do with it. */
export function inviteLink(address: string, code: string): string {
  return `${address}/join#${code}`
}

export interface ReadInvite {
  /** The server's address; null where only a code was given. */
  readonly address: string | null
  readonly code: string
}

/** What a person pasted: a link or a bare code. Fails with `invite_unreadable`. */
export function readInvite(text: string): Result<ReadInvite> {
  const trimmed = text.trim()
  const bare = readCode(trimmed)
  if (bare) return success({ address: null, code: bare })
  const link = /^(https?:\/\/[^\s/?#]+)\/join#(\S+)$/i.exec(trimmed)
  const code = link ? readCode(link[2] ?? '') : null
  if (link?.[1] && code) return success({ address: link[1].toLowerCase(), code })
  return failure(
    'invite_unreadable',
    'This is no invite. Paste the whole link, or the code of twenty letters and digits.',
  )
}
