/**
 * Names that people give, as changes of the account document. A change is one name: one operation, by
 * an actor of its own. What it names as before it has to be there, and what it overwrites has to be the
 * same name: a change that says otherwise could take others' names away on every machine. Of the
 * document nothing is kept but the operations, in `name_given`: the greatest of a name stands, in the
 * tables here as in Automerge.
 */

import { decodeChange, encodeChange } from '@automerge/automerge'
import { failure, success } from '#shared/result.ts'
import { isName, readNameKey } from '#shared/team/names.ts'
import type { Actor } from '#shared/team/rules.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import { mayGiveName, setName } from '../teams/names.ts'
import { addToLog, type LogEnd } from './document-log.ts'

/** One operation of the account document. */
interface Operation {
  readonly counter: number
  readonly actor: string
}

interface NameChange extends Operation {
  readonly hash: string
  /** Hashes of the changes before it. */
  readonly follows: readonly string[]
  readonly key: string
  readonly name: string
  readonly overwrites: readonly Operation[]
}

/** Names that one person may give in all, from all their machines; every machine keeps each for good. */
const MOST_NAMES = 1_000
/** A change names those before it that no other follows: one for each machine that was away. */
const MOST_BYTES = 64 * 1_024

/** Fails with `document_invalid`, and with another code where the name is not theirs to give. */
export async function addName(
  actor: Actor,
  { query }: Transaction,
  { accountId, deviceId, memberId }: Identity,
  document: string,
  end: LogEnd,
  bytes: Uint8Array,
) {
  const change = readNameChange(bytes)
  if (!change) return changeInvalid('it does more than give a name')
  const { actor: by, counter, hash, key, name } = change
  const known = await givenBy(query, accountId, by)
  if (known) return known.hash === hash ? success(end) : changeInvalid('its actor is another’s')
  const named = readNameKey(key)
  if (!named) return changeInvalid('it names nothing')
  const wrong = await contradiction(query, accountId, change)
  if (wrong !== null) return changeInvalid(wrong)
  const allowed = await mayGiveName(query, accountId, actor, named)
  if (!allowed.ok) return allowed
  if ((await countOf(query, accountId, memberId)) >= MOST_NAMES) return tooManyNames()
  const before = await standing(query, accountId, key)
  await query(
    `INSERT INTO name_given (account_id, actor, counter, hash, name_key, device_id)
     VALUES (?, ?, ?, ?, ?, ?)`,
    accountId,
    by,
    counter,
    hash,
    key,
    deviceId,
  )
  if (!before || isGreater(change, before)) await setName(query, accountId, named, name)
  const after = { position: end.position + 1, hash }
  await addToLog(query, accountId, document, after, bytes)
  return success(after)
}

const CHANGE = 1
const KIND_AT = 8
const ACTOR = /^[0-9a-f]{32}$/

/** A change that gives one name and does nothing else; null for any other. */
function readNameChange(bytes: Uint8Array): NameChange | null {
  if (bytes.length > MOST_BYTES || bytes[KIND_AT] !== CHANGE) return null
  try {
    const change = decodeChange(bytes)
    const [only] = change.ops
    if (!only || change.ops.length > 1) return null
    if (Buffer.compare(encodeChange(change), bytes) !== 0) return null
    const { action, obj, key, value: name, pred } = only
    const { actor, hash, seq, startOp: counter, deps: follows } = change
    if (action !== 'set' || obj !== '_root' || typeof key !== 'string' || !isName(name)) return null
    if (seq !== 1 || change.time !== 0 || change.message || !ACTOR.test(actor)) return null
    return { actor, counter, hash, follows, key, name, overwrites: pred.map(readOperation) }
  } catch {
    return null
  }
}

/** As Automerge writes it: `7@0a1b…`. */
function readOperation(text: string): Operation {
  const [counter, actor = ''] = text.split('@')
  return { counter: Number(counter), actor }
}

/** Why a change cannot follow what there is; null where it does. */
async function contradiction(
  query: Query,
  accountId: string,
  { counter, follows, key, overwrites }: NameChange,
): Promise<string | null> {
  let last = 0
  for (const hash of follows) {
    const [row] = await query<{ counter: number }>(
      'SELECT counter FROM name_given WHERE account_id = ? AND hash = ?',
      accountId,
      hash,
    )
    if (!row) return 'what it follows is missing'
    last = Math.max(last, row.counter)
  }
  if (counter !== last + 1) return 'it is out of order'
  for (const before of overwrites) {
    const given = await givenBy(query, accountId, before.actor)
    if (given?.counter !== before.counter || given.name_key !== key) {
      return 'it overwrites another name'
    }
    if (given.counter >= counter) return 'it overwrites what comes after it'
  }
  return null
}

interface Given {
  readonly counter: number
  readonly hash: string
  readonly name_key: string
}

async function givenBy(query: Query, accountId: string, actor: string): Promise<Given | null> {
  const [row] = await query<Given>(
    'SELECT counter, hash, name_key FROM name_given WHERE account_id = ? AND actor = ?',
    accountId,
    actor,
  )
  return row ?? null
}

async function countOf(query: Query, accountId: string, memberId: string): Promise<number> {
  const [row] = await query<{ count: number }>(
    `SELECT count(*) AS count FROM name_given
     JOIN device ON device.account_id = name_given.account_id AND device.id = name_given.device_id
     WHERE name_given.account_id = ? AND device.member_id = ?`,
    accountId,
    memberId,
  )
  return row?.count ?? 0
}

/** The operation whose name stands. */
async function standing(query: Query, accountId: string, key: string): Promise<Operation | null> {
  const [row] = await query<Operation>(
    `SELECT counter, actor FROM name_given WHERE account_id = ? AND name_key = ?
     ORDER BY counter DESC, actor DESC LIMIT 1`,
    accountId,
    key,
  )
  return row ?? null
}

/** As Automerge compares operations; actors are hex of one length. */
function isGreater(one: Operation, other: Operation): boolean {
  return one.counter === other.counter ? one.actor > other.actor : one.counter > other.counter
}

function changeInvalid(why: string) {
  return failure('document_invalid', `A change of a name was not accepted: ${why}.`)
}

function tooManyNames() {
  return failure('names_exhausted', 'You have given all the names you may.')
}
