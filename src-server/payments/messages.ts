/**
 * Webhooks: verified on the raw body and stored, with their effect in the same write; then
 * answered, and only then is the rest done. What cannot be applied at once is stored and retried.
 */

import { endSubscription } from '#shared/account/subscription.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type Applied, logRefusals } from './apply.ts'
import { carryOut } from './carry-out.ts'
import type { GatewayMessage, PurchaseKey } from './gateway.ts'
import {
  findMessage,
  keepMessage,
  markMessage,
  messagesAbout,
  messagesIn,
  type StoredMessage,
} from './inbox.ts'
import { accountOfCustomer, changePayer, findPayer } from './payers.ts'
import type { PaymentPorts } from './ports.ts'
import { isNameless, named } from './naming.ts'
import { renew } from './renewals.ts'
import { type Taken, takeMessage } from './take-message.ts'

const DAY_MS = 24 * 60 * 60_000
/** How long a message waits for the purchase it is about. */
const UNMATCHED_FOR_MS = 30 * DAY_MS
const BATCH = 200

/** The most that a message may be. */
export const MAX_MESSAGE_BYTES = 512 * 1024

export interface Messages {
  /**
   * Takes in a webhook. Once this succeeds it is on disk, and the processor may forget it. Fails with
   * `signature_wrong`, `signature_stale`, `message_too_large` or `message_not_understood`.
   */
  receive(body: string, signature: string): Promise<Result<{ readonly repeated: boolean }>>
  /** Works on what is stored and not done. */
  catchUp(): Promise<void>
  /** Resolves once everything received so far was worked on. */
  settled(): Promise<void>
}

export function createMessages(ports: PaymentPorts): Messages {
  const { database, gateway, clock, log } = ports
  let tail: Promise<unknown> = Promise.resolve()

  /** One at a time, so that a burst piles up neither connections nor memory. */
  function queue(id: string, work: () => Promise<void>): void {
    tail = tail.then(() =>
      work().catch((error: unknown) =>
        log.error('A webhook could not be worked on', { id, error }),
      ),
    )
  }

  async function receive(body: string, signature: string): Promise<Result<{ repeated: boolean }>> {
    if (body.length > MAX_MESSAGE_BYTES) {
      return failure('message_too_large', 'The message is larger than any of the processor.')
    }
    const verified = gateway.verify(body, signature)
    if (!verified.ok) {
      log.warn('A webhook was refused', { gateway: gateway.name, code: verified.error.code })
      return verified
    }
    const { id, type } = verified.data
    const stored = { id, type, received_at: clock.now(), body }
    const isNew = await takeAtOnce(stored).catch(async (error: unknown) => {
      log.error('A webhook could not be taken in at once', { id, error })
      const isKept = await keepMessage(database.query, gateway.name, stored)
      if (isKept) queue(id, () => work(id))
      return isKept
    })
    return success({ repeated: !isNew })
  }

  /** Keeps a message with what it says, in one write; false where it is there already. */
  async function takeAtOnce(stored: StoredMessage): Promise<boolean> {
    const message = gateway.read(stored.body)
    const taken = await database.transaction(async (transaction) => {
      const isNew = await keepMessage(transaction.query, gateway.name, stored)
      return isNew ? takeMessage(ports, transaction, stored, message, { grants: true }) : null
    })
    if (!taken) return false
    // Of a payment that is not known by this name the processor knows more.
    const isUnknown = gateway.nameOf && message && !taken.key && isNameless(message)
    queue(stored.id, () => (isUnknown ? work(stored.id) : finish(stored.id, message, taken)))
    return true
  }

  /** One that is kept and not done. */
  async function work(id: string): Promise<void> {
    const stored = await findMessage(database.query, gateway.name, id)
    if (!stored) return
    const read = gateway.read(stored.body)
    const found = read ? await named(ports, read, stored) : success({ message: null, note: null })
    if (!found.ok) {
      log.warn('The processor could not be asked what a payment is', { code: found.error.code })
      return
    }
    const { message, note } = found.data
    const taken = await database.transaction((transaction) =>
      takeMessage(ports, transaction, stored, message, { grants: false, note }),
    )
    await finish(id, message, taken)
  }

  /** What follows from a message beside what is written with it. */
  async function finish(id: string, message: GatewayMessage | null, taken: Taken): Promise<void> {
    const { key, applied, end } = taken
    if (!message) log.info('A webhook is of no use here', { id })
    if (message?.customer) await noteCard(message.customer)
    if (key && applied) {
      logRefusals(log, key, applied.receptions)
      if (message?.ended) await endAddOn(message.ended)
      if (message?.renewals) await renew(ports, key, message.renewals)
      await carryOutLogged(key)
      await workOnFollowers(applied)
    } else if (key) {
      log.error('A webhook is about a purchase that is not here', { purchase: key.purchaseId })
    }
    if (end) await markMessage(database.query, gateway.name, id, end)
  }

  /** What came before its payment was known. */
  async function workOnFollowers({ record }: Applied): Promise<void> {
    const payment = record.purchase.facts.paid?.payment
    if (payment === undefined) return
    const waiting = await messagesAbout(database.query, gateway.name, payment)
    for (const { id } of waiting) queue(id, () => work(id))
  }

  async function noteCard(whose: NonNullable<GatewayMessage['customer']>): Promise<void> {
    const accountId =
      'accountId' in whose
        ? whose.accountId
        : await accountOfCustomer(database.query, whose.reference)
    if (accountId === null) return
    const { customer } = await findPayer(database.query, accountId)
    const card = customer === null ? null : await gateway.card(customer)
    if (!card?.ok) return
    await changePayer(database, accountId, { card: card.data })
    ports.changed(accountId, null)
  }

  async function endAddOn({ accountId, purchaseId }: PurchaseKey): Promise<void> {
    const ended = await ports.issuer.issue(accountId, [], ({ books }) =>
      books.account.subscriptions.has(purchaseId)
        ? endSubscription(books, purchaseId)
        : success([]),
    )
    if (!ended.ok)
      log.error('An add-on could not be ended', { purchase: purchaseId, code: ended.error.code })
  }

  async function carryOutLogged(key: PurchaseKey): Promise<void> {
    const done = await carryOut(ports, key)
    if (!done.ok) {
      log.error('A purchase waits to be carried out', {
        purchase: key.purchaseId,
        code: done.error.code,
      })
    }
  }

  return {
    receive,
    async catchUp() {
      const since = clock.now() - UNMATCHED_FOR_MS
      for (const state of ['new', 'unmatched'] as const) {
        const left = await messagesIn(database.query, gateway.name, state, since, BATCH)
        for (const { id } of left) queue(id, () => work(id))
      }
      await tail
    },
    async settled() {
      let seen: Promise<unknown> | null = null
      while (seen !== tail) {
        seen = tail
        await seen
      }
    },
  }
}
