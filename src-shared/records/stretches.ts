/**
 * A device's records in stretches of equal length. While a stretch fills, its records travel in small
 * batches; full, it is one segment: its one batch, named by its hash, which the device's index names
 * (decision 0016). No batch reaches over a stretch's end.
 */

import type { RecordHead } from '../journal/lease-facts.ts'

export const STRETCH = 1_024

/** Stretch 1 holds records 1 … 1,024. */
export const stretchOf = (sequence: number) => Math.ceil(sequence / STRETCH)
/** First record of a stretch. */
export const stretchStart = (stretch: number) => (stretch - 1) * STRETCH + 1
/** Last record of a stretch. */
export const stretchEnd = (stretch: number) => stretch * STRETCH

/** A sealed stretch, as the index names it. */
export interface SealedStretch {
  readonly stretch: number
  /** Hex SHA-256 of the segment's bytes. */
  readonly name: string
  /** The chain's end with its last record. */
  readonly head: RecordHead
  /** `encodeRollup`. */
  readonly rollup: Uint8Array
}

/** What a document of an account is, by its name. */
export type DocumentKind =
  /** Names that people give; Automerge, written by all. */
  | { readonly kind: 'account' }
  /** A device's sealed stretches; Automerge, written by the device. Keys are the stretches. */
  | { readonly kind: 'index'; readonly deviceId: string }
  /**
   * Records of a stretch that is not sealed, in batches as they came (`tailItem`). A stream is a
   * device's own or that of a copy of it.
   */
  | { readonly kind: 'tail'; readonly stream: string; readonly stretch: number }

export const ACCOUNT_DOCUMENT = 'account'
export const indexDocument = (deviceId: string) => `shard:${deviceId}`
export const tailDocument = (stream: string, stretch: number) => `tail:${stream}:${stretch}`

const INDEX = /^shard:([^:]+)$/
const TAIL = /^tail:([^:]+):([1-9]\d{0,9})$/

/** What a document's name says; null for a name that is none. */
export function documentKind(name: string): DocumentKind | null {
  if (name === ACCOUNT_DOCUMENT) return { kind: 'account' }
  const [, deviceId] = INDEX.exec(name) ?? []
  if (deviceId !== undefined) return { kind: 'index', deviceId }
  const [, stream, stretch] = TAIL.exec(name) ?? []
  if (stream !== undefined) return { kind: 'tail', stream, stretch: Number(stretch) }
  return null
}
