/** Subscriptions to add-ons: their renewal, and their end. */

import { accountEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { failure, type Result, success } from '../result.ts'
import { subscriptionGrant } from './cycle-grants.ts'
import { cycleOfIndex } from './cycle.ts'
import type { Books } from './account.ts'
import { opened } from './terms.ts'

export const renewalGrantId = (purchaseId: string) => `renewal:${purchaseId}`

/**
 * What a renewal paid at `now` writes: the subscription's credits, for the current cycle. Fails
 * with `subscription_unknown`, or `offer_unknown` if no catalog has the add-on any more.
 */
export function renewalEntries(
  { account }: Books,
  purchaseId: string,
  subscriptionId: string,
  now: number,
): Result<readonly EntryDraft[]> {
  const subscription = account.subscriptions.get(subscriptionId)
  if (!subscription) return subscriptionUnknown(subscriptionId)
  const cycle = cycleOfIndex(opened(account).anchor, account.cycle)
  const grant = subscriptionGrant(account, subscription, cycle, now)
  if (!grant) return failure('offer_unknown', 'This add-on is in no catalog any more.')
  return success([grantEntry({ ...grant, id: renewalGrantId(purchaseId) })])
}

/**
 * Ends a subscription at the end of the cycle that is paid for: its credits stay, it does not renew.
 * Fails with `subscription_unknown`; ending it twice is no error.
 */
export function endSubscription(
  { account }: Books,
  subscriptionId: string,
): Result<readonly EntryDraft[]> {
  const subscription = account.subscriptions.get(subscriptionId)
  if (!subscription) return subscriptionUnknown(subscriptionId)
  if (subscription.endsFrom !== null) return success([])
  const { endsAt: from } = cycleOfIndex(opened(account).anchor, account.cycle)
  const ended = { type: 'add-on-ended', subscriptionId, from } as const
  return success([accountEntry(`add-on-ended:${subscriptionId}`, ended)])
}

function subscriptionUnknown(subscriptionId: string) {
  return failure('subscription_unknown', 'There is no such add-on.', { subscriptionId })
}
