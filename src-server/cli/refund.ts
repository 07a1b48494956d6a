/** Making good a charge that should not have been. */

import { creditsToDecimal } from '#shared/credits/amount.ts'
import { refundEntryId } from '#shared/journal/entries.ts'
import { poolRefundEntries } from '#shared/lease/refund.ts'
import { type Result, success } from '#shared/result.ts'
import { readCredits, readId } from './arguments.ts'
import { type Command, said } from './command.ts'
import { change } from './credits.ts'

export const refund: Command = {
  summary: 'Makes good what a run was charged, as credits of their own',
  positionals: ['ACCOUNT', 'OPERATION'],
  options: {
    id: { required: true, value: 'ID' },
    credits: { required: true, value: 'N' },
    reason: { required: true, value: 'TEXT' },
  },
  async run(tools, args) {
    const id = readId(args.option('id') ?? '')
    if (!id.ok) return id
    const amount = readCredits(args.option('credits') ?? '')
    if (!amount.ok) return amount
    const [accountId, operationId] = [args.positional('ACCOUNT'), args.positional('OPERATION')]
    const charge = await tools.findCharge(accountId, operationId)
    if (!charge.ok) return charge
    const request = {
      refundId: `by-hand:${id.data}`,
      operationId,
      paid: charge.data.paid,
      refunded: charge.data.refunded,
      amount: amount.data,
      reason: args.option('reason') ?? '',
    }
    const entryId = refundEntryId(request.refundId)
    const done: Result<null> = await change(tools, accountId, entryId, (pool, now) =>
      poolRefundEntries(pool, request, now),
    )
    if (!done.ok) return done
    return success(said(`${creditsToDecimal(amount.data)} credits are refunded to ${accountId}.`))
  },
}
