/** Making good a charge that should not have been. */

import { addCredits, type Credits, creditsToDecimal, ZERO } from '#shared/credits/amount.ts'
import { refundEntryId } from '#shared/journal/entries.ts'
import { poolRefundEntries } from '#shared/lease/refund.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Authority } from '../authority/authority.ts'
import type { Query } from '../store/database.ts'
import { readCredits, readId } from './arguments.ts'
import { type Command, said } from './command.ts'
import { change } from './credits.ts'

const PAGE = 500

/** What earlier refunds of an operation came to. */
async function refunded(
  authority: Pick<Authority, 'entriesAfter'>,
  query: Query,
  accountId: string,
  operationId: string,
): Promise<Credits> {
  let sum = ZERO
  for (let position = 0; ; position += PAGE) {
    const entries = await authority.entriesAfter(query, accountId, position, PAGE)
    for (const { facts } of entries) {
      if (facts.kind === 'refund' && facts.operationId === operationId) {
        sum = addCredits(sum, facts.amount)
      }
    }
    if (entries.length < PAGE) return sum
  }
}

export const refund: Command = {
  summary: 'Makes good what a run was charged, as credits of their own',
  positionals: ['ACCOUNT', 'OPERATION'],
  options: {
    id: { required: true, value: 'ID' },
    credits: { required: true, value: 'N' },
    reason: { required: true, value: 'TEXT' },
  },
  async run(tools, args) {
    const { authority, database, findCharge } = tools
    const id = readId(args.option('id') ?? '')
    if (!id.ok) return id
    const amount = readCredits(args.option('credits') ?? '')
    if (!amount.ok) return amount
    const [accountId, operationId] = [args.positional('ACCOUNT'), args.positional('OPERATION')]
    const { query } = database
    const paid = await findCharge(query, accountId, operationId)
    if (!paid) return operationUnknown(operationId)
    const request = {
      refundId: `by-hand:${id.data}`,
      operationId,
      paid,
      refunded: await refunded(authority, query, accountId, operationId),
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

function operationUnknown(operationId: string) {
  return failure(
    'operation_unknown',
    `No machine of the account has told of the operation ${operationId}.`,
  )
}
