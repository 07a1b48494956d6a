/** Records as simple as they can be: JSON, chained with SHA-256, signed with a secret for a key. */

import { createHash } from 'node:crypto'
import { positionsText } from '#shared/sync/positions.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'

export interface SimpleRecord {
  readonly spent: number
  readonly returned: number
  readonly note: string
}

export const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')

const nextHash = (previous: string, record: SimpleRecord) =>
  sha256(`${previous}\n${JSON.stringify(record)}`)

export function hashesOf(previous: string, records: readonly SimpleRecord[]): readonly string[] {
  const hashes: string[] = []
  for (const record of records) hashes.push(nextHash(hashes.at(-1) ?? previous, record))
  return hashes
}

export function signature(key: string, { sequence, hash }: RecordHead): Uint8Array {
  return createHash('sha512').update(`${key} ${sequence} ${hash}`).digest()
}

export const encodeBatch = (records: readonly SimpleRecord[]) =>
  new TextEncoder().encode(JSON.stringify(records))

export function decodeBatch(batch: Uint8Array): readonly SimpleRecord[] | null {
  try {
    const content: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(batch))
    const isBatch = Array.isArray(content) && content.every(isRecord)
    return isBatch ? (content as readonly SimpleRecord[]) : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): boolean {
  const { spent, returned } = (value ?? {}) as Partial<SimpleRecord>
  return Number.isSafeInteger(spent) && Number.isSafeInteger(returned)
}

export const digest = (positions: Iterable<readonly [string, number]>) =>
  sha256(positionsText(positions))
