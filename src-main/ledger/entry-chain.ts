/** How an entry becomes bytes, and how each entry's hash seals all before it (design: ledger). */

import { hash as digest } from 'node:crypto'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'

/** The chain's end: what the next entry builds on, and what the device key signs. */
export interface Head {
  /** 0 when nothing has been written. */
  readonly sequence: number
  readonly at: number
  /** Hex SHA-256. */
  readonly hash: string
}

/** A row of the `entry` table. */
export interface EntryRecord {
  readonly sequence: number
  readonly id: string
  readonly at: number
  readonly body: string
  /** Hex SHA-256. */
  readonly hash: string
}

export const GENESIS: Head = { sequence: 0, at: 0, hash: '0'.repeat(64) }

/** Printable without spaces, so that an id can never blur the line it shares with its neighbours. */
const ENTRY_ID = /^[\x21-\x7e]{1,200}$/

/** The record that follows `head`. Throws a RangeError on an id that is no id. */
export function sealEntry(head: Head, draft: EntryDraft, at: number): EntryRecord {
  if (!ENTRY_ID.test(draft.id)) throw new RangeError(`Not an entry id: ${JSON.stringify(draft.id)}`)
  const { facts, postings } = draft
  const sequence = head.sequence + 1
  const body = JSON.stringify({ facts, postings })
  const hash = chainHash(head.hash, sequence, at, draft.id, body)
  return { sequence, id: draft.id, at, body, hash }
}

/** Whether a record continues the chain exactly at `head`. */
export function continuesChain(head: Head, record: EntryRecord): boolean {
  if (record.sequence !== head.sequence + 1 || record.at < head.at) return false
  const { sequence, at, id, body, hash } = record
  return chainHash(head.hash, sequence, at, id, body) === hash
}

export function headAfter(record: EntryRecord): Head {
  return { sequence: record.sequence, at: record.at, hash: record.hash }
}

export function readEntry(record: EntryRecord): Entry {
  const { facts, postings } = JSON.parse(record.body) as Pick<Entry, 'facts' | 'postings'>
  return { sequence: record.sequence, id: record.id, at: record.at, facts, postings }
}

function chainHash(previous: string, sequence: number, at: number, id: string, body: string) {
  return digest('sha256', `${previous}\n${sequence}\n${at}\n${id}\n${body}`, 'hex')
}
