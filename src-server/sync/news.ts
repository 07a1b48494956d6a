/**
 * What an account's sessions tell each other, on whichever process they are. Hints to look: what they
 * are about is in the store. The authority tells the length of its journal on the same channel.
 */

import { z } from 'zod'
import { millicredits } from '#shared/credits/amount.ts'
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

/** Told once the transaction has committed. What is too long to be told is not: it is told again. */
export function tellAccount(
  transaction: Pick<Transaction, 'publish'>,
  accountId: string,
  what: News,
): void {
  const payload = JSON.stringify(what)
  if (payload.length <= MOST_CHARACTERS) transaction.publish(accountChannel(accountId), payload)
}

/** A store carries no longer news. */
const MOST_CHARACTERS = 4_000

/** What was told; null when it cannot be told apart, and everything is worth a look. */
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
