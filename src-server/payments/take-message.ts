/**
 * What a processor's message says, taken into the store in one transaction: the facts, the grant of
 * what is paid where the journal is in the same store, and the message's end. All of it or nothing.
 */

import type { Transaction } from '../store/database.ts'
import { type Applied, applyWithin } from './apply.ts'
import type { GatewayMessage, PurchaseKey } from './gateway.ts'
import { grantWithin } from './granting.ts'
import { markMessage, type MessageEnd } from './inbox.ts'
import type { PaymentPorts } from './ports.ts'
import { keyOfPayment } from './rows.ts'

/** What came of a message so far. */
export interface Taken {
  /** What it is about; null where that is not known, or it is about no purchase. */
  readonly key: PurchaseKey | null
  /** Null where there is no such purchase. */
  readonly applied: Applied | null
  /** How it ends once what it asks for besides is done; null where that is noted already. */
  readonly end: MessageEnd | null
}

/**
 * `message` is null where it is of a kind that is none of ours. Without `grants` what is paid is only
 * noted: where granting it fails, that must not undo the rest. `note` stays with one that nobody
 * waits for.
 */
export async function takeMessage(
  ports: PaymentPorts,
  transaction: Transaction,
  { id, type }: { readonly id: string; readonly type: string },
  message: GatewayMessage | null,
  { grants, note = null }: { readonly grants: boolean; readonly note?: string | null },
): Promise<Taken> {
  const { query } = transaction
  const mark = (end: MessageEnd) => markMessage(query, ports.gateway.name, id, end)
  if (!message) {
    await mark({ state: 'ignored', note: `No use for ${type}`, payment: null })
    return { key: null, applied: null, end: null }
  }
  const key = await keyOf(ports, transaction, message)
  const applied = key && (await take(ports, transaction, key, message, grants))
  const end = endOf(message, key, applied, note)
  if (hasMore(message)) return { key, applied, end }
  await mark(end)
  return { key, applied, end: null }
}

async function keyOf(
  { gateway }: PaymentPorts,
  { query }: Transaction,
  { about, payment }: GatewayMessage,
): Promise<PurchaseKey | null> {
  if (about || payment === null) return about
  return keyOfPayment(query, gateway.name, payment)
}

async function take(
  ports: PaymentPorts,
  transaction: Transaction,
  key: PurchaseKey,
  message: GatewayMessage,
  grants: boolean,
): Promise<Applied | null> {
  const isPaid = message.events.some(({ type }) => type === 'paid')
  const mayGrant = grants && isPaid && ports.issuer.issueWithin !== undefined
  const isLocked = mayGrant && (await transaction.lockAccount(key.accountId))
  const applied = await applyWithin(transaction.query, key, message, ports.clock.now())
  if (!applied) return null
  const record = isLocked ? await grantWithin(ports, transaction, applied.record) : applied.record
  const changed = applied.changed || record !== applied.record
  if (changed) ports.changed(key.accountId, record, transaction)
  return { ...applied, record, changed }
}

/** Something follows beside the purchase itself: until it is done the message is not. */
const hasMore = ({ customer, ended, renewals }: GatewayMessage) =>
  customer !== null || ended !== null || renewals !== undefined

function endOf(
  message: GatewayMessage,
  key: PurchaseKey | null,
  applied: Applied | null,
  unmatchedNote: string | null,
): MessageEnd {
  const { payment } = message
  if (!key) {
    const isAboutNothing = message.events.length === 0 && !message.renewals
    return { state: isAboutNothing ? 'done' : 'unmatched', note: unmatchedNote, payment }
  }
  if (!applied) return { state: 'unmatched', note: null, payment }
  const refused = applied.receptions.find(({ kind }) => kind === 'refused')
  if (refused?.kind !== 'refused') return { state: 'done', note: null, payment }
  return { state: 'refused', note: refused.code, payment }
}
