/**
 * How an entry is stored, and how its hash seals all entries before it (design: ledger): the same
 * for a device's journal and an authority's.
 */

import type { Sha256 } from '../ports/sha256.ts'
import type { Entry, EntryDraft } from './journal.ts'

/** The head of the chain: what the next entry builds on, and what a key signs. */
export interface Head {
  /** 0 when nothing has been written. */
  readonly sequence: number
  readonly at: number
  /** Hex SHA-256. */
  readonly hash: string
}

/** An entry as it is stored. */
export interface EntryRecord {
  readonly sequence: number
  readonly id: string
  readonly at: number
  readonly body: string
  /** Hex SHA-256. */
  readonly hash: string
}

export const GENESIS: Head = { sequence: 0, at: 0, hash: '0'.repeat(64) }

/**
 * Printable, without spaces, so that an id can never run into its neighbours on the hashed line.
 */
const ENTRY_ID = /^[\x21-\x7e]{1,200}$/

/** The record that follows `head`. Throws a RangeError on an invalid id. */
export function sealEntry(sha256: Sha256, head: Head, draft: EntryDraft, at: number): EntryRecord {
  const { id, facts, postings } = draft
  if (!ENTRY_ID.test(id)) throw new RangeError(`Not an entry id: ${JSON.stringify(id)}`)
  const record = { sequence: head.sequence + 1, id, at, body: JSON.stringify({ facts, postings }) }
  return { ...record, hash: sha256(chainText(head.hash, record)) }
}

/** Whether a record continues the chain exactly at `head`. */
export function continuesChain(sha256: Sha256, head: Head, record: EntryRecord): boolean {
  if (record.sequence !== head.sequence + 1 || record.at < head.at) return false
  return sha256(chainText(head.hash, record)) === record.hash
}

export function headAfter({ sequence, at, hash }: EntryRecord): Head {
  return { sequence, at, hash }
}

export function readEntry({ sequence, id, at, body }: EntryRecord): Entry {
  const { facts, postings } = JSON.parse(body) as Pick<Entry, 'facts' | 'postings'>
  return { sequence, id, at, facts, postings }
}

type Sealed = Omit<EntryRecord, 'hash'>

function chainText(previous: string, { sequence, at, id, body }: Sealed): string {
  return `${previous}\n${sequence}\n${at}\n${id}\n${body}`
}
