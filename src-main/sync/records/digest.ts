/** SHA-256 in hex: the chain of records, the names of segments, the changes of an index. */

import { hash } from 'node:crypto'
import type { Digest } from '#shared/records/index-change.ts'

export const digest: Digest = (content) => hash('sha256', content, 'hex')
