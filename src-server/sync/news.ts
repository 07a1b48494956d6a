/**
 * What an account's sessions tell each other, on whichever process they are. Hints to look: what they
 * are about is in the store.
 */

import { z } from 'zod'
import { millicredits } from '#shared/credits/amount.ts'
import type { Transaction } from '../store/database.ts'

export const accountChannel = (accountId: string) => `account:${accountId}`

const news = z.discriminatedUnion('about', [
  /** The authority wrote something. */
  z.object({ about: z.literal('entries') }),
  z.object({ about: z.literal('document'), document: z.string() }),
  /** Members, machines or rights changed. */
  z.object({ about: z.literal('team') }),
  /** A device lacks credits that others may have to spare. */
  z.object({
    about: z.literal('wish'),
    deviceId: z.string(),
    needed: z.int().nonnegative().transform(millicredits),
    operation: z.string().nullable(),
  }),
])
export type News = z.output<typeof news>

/** Told once the transaction has committed. */
export function tellAccount(
  transaction: Pick<Transaction, 'publish'>,
  accountId: string,
  what: News,
): void {
  transaction.publish(accountChannel(accountId), JSON.stringify(what))
}

/** What was told; null when it cannot be told apart, and everything is worth a look. */
export function readNews(payload: string | null): News | null {
  if (payload === null) return null
  let content: unknown
  try {
    content = JSON.parse(payload)
  } catch {
    return null
  }
  return news.safeParse(content).data ?? null
}
