/** How far each document is on a replica, and how two replicas find out that they are in step. */

/**
 * What `documentsDigest` hashes: the same for two replicas that are as far in each document. One
 * nothing was written to yet is like one that is not there.
 */
export function positionsText(positions: Iterable<readonly [string, number]>): string {
  const lines: string[] = []
  for (const [document, position] of positions) {
    if (position > 0) lines.push(`${document} ${position}\n`)
  }
  return lines.sort().join('')
}

/** Hex SHA-256 of what `positionsText` gives, from outside: the rules have no cryptography. */
export type DocumentsDigest = (positions: Iterable<readonly [string, number]>) => string
