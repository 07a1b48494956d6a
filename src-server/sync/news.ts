/**
 * What an account's sessions tell each other, across processes. Hints to look: the facts are in the
 * store. The authority publishes the length of its journal on the same channel.
 */

import { z } from 'zod'
import { millicredits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import { accountChannel } from '../authority/accounts.ts'
import type { Transaction } from '../store/database.ts'

const amount = z.int().nonnegative().transform(millicredits)

const news = z.discriminatedUnion('about', [
  /** The authority wrote something. */
  z.object({ about: z.literal('entries') }),
  z.object({ about: z.literal('document'), document: z.string() }),
  /** Members, machines or rights changed. */
  z.object({ about: z.literal('team') }),
  /** A purchase went on; null: how the account pays changed. */
  z.object({ about: z.literal('purchase'), purchaseId: z.string().nullable() }),
  /** A contested charge was sent, or answered. */
  z.object({ about: z.literal('report'), reportId: z.string() }),
  /** Others need credits that a device may have to spare. */
  z.object({
    about: z.literal('recall'),
    deviceId: z.string(),
    keep: amount,
    others: z.array(z.object({ grantId: z.string(), amount })),
  }),
])
export type News = z.output<typeof news>

/** Published once the transaction has committed. Throws if it is longer than a store can carry. */
export function tellAccount(
  transaction: Pick<Transaction, 'publish'>,
  accountId: string,
  what: News,
): void {
  transaction.publish(accountChannel(accountId), JSON.stringify(what))
}

/** A store carries news of some 4,000 characters. */
const MOST_OF_OTHERS = 3_000

/** Tells a device what to give back, in as many pieces as needed: each is valid by itself. */
export function tellRecall(
  transaction: Pick<Transaction, 'publish'>,
  accountId: string,
  { deviceId, keep, others }: Recall,
): void {
  let page: Draw[] = []
  let length = 0
  const tell = () => {
    tellAccount(transaction, accountId, { about: 'recall', deviceId, keep, others: page })
    page = []
    length = 0
  }
  for (const draw of others) {
    const more = JSON.stringify(draw).length + 1
    if (page.length > 0 && length + more > MOST_OF_OTHERS) tell()
    page.push(draw)
    length += more
  }
  tell()
}

/** Parses what was published; null if it is unreadable and everything should be looked at. */
export function readNews(payload: string | null): News | null {
  if (payload === null) return null
  let content: unknown
  try {
    content = JSON.parse(payload)
  } catch {
    return null
  }
  if (typeof content === 'number') return { about: 'entries' }
  return news.safeParse(content).data ?? null
}
