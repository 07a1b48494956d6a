/** The `Range` header, so that a page can seek in a sound. One range at most (RFC 9110, 14). */

export interface ByteRange {
  readonly first: number
  /** Inclusive. */
  readonly last: number
}

/**
 * What part of a file to send: `whole` for no range or one that may be ignored (another unit,
 * several ranges, nonsense), `unsatisfiable` for one that starts behind the end.
 */
export function parseRange(
  header: string | null | undefined,
  bytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (!match) return 'whole'
  const [, from = '', to = ''] = match
  if (from === '') {
    const length = Number(to)
    if (to === '') return 'whole'
    if (length === 0 || bytes === 0) return 'unsatisfiable'
    return { first: Math.max(0, bytes - length), last: bytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)
  if (to !== '' && Number(to) < first) return 'whole'
  return first >= bytes ? 'unsatisfiable' : { first, last }
}
