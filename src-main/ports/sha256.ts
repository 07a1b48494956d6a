import { hash } from 'node:crypto'
import type { Sha256 } from '#shared/ports/sha256.ts'

export const sha256: Sha256 = (content) => hash('sha256', content, 'hex')
