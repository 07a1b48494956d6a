/** What an operator grants and takes back by hand. Each happens once for its id. */

import { z } from 'zod'
import { adjustmentEntry } from '#shared/account/open.ts'
import { operationChoice } from '#shared/catalog/fields.ts'
import { type Credits, creditsToDecimal, ZERO } from '#shared/credits/amount.ts'
import { revokeEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { accountUnknown } from '../authority/accounts.ts'
import type { Transaction } from '../store/database.ts'
import { transact } from '../teams/writing.ts'
import { type Arguments, readCredits, readId, readMoment, usage } from './arguments.ts'
import { type Command, type Outcome, said, type Tools } from './command.ts'

type Rule = (pool: Pool, now: number) => Result<readonly EntryDraft[]>

/** Works on a locked account; a failure changes nothing. */
export function inAccount<T>(
  { database }: Pick<Tools, 'database'>,
  accountId: string,
  work: (transaction: Transaction) => Promise<Result<T>>,
): Promise<Result<T>> {
  return transact(database, async (transaction) =>
    (await transaction.lockAccount(accountId)) ? work(transaction) : accountUnknown(accountId),
  )
}

/** Writes the result of a rule applied to an account, once: `entryId` is one of its entries. */
export function change(
  tools: Pick<Tools, 'database' | 'authority'>,
  accountId: string,
  entryId: string,
  rule: Rule,
): Promise<Result<null>> {
  return inAccount(tools, accountId, (transaction) =>
    tools.authority.change(transaction, accountId, entryId, rule),
  )
}

/** What a command prints on success. */
export function outcome(result: Result<null>, line: string): Result<Outcome> {
  return result.ok ? success(said(line)) : result
}

const SOURCES = ['adjustment', 'promo', 'trial', 'referral'] as const

interface Gift {
  readonly id: string
  readonly amount: Credits
  readonly source: (typeof SOURCES)[number]
  readonly expiresAt: number | null
}

function readGift(args: Arguments): Result<Gift> {
  const id = readId(args.option('id') ?? '')
  if (!id.ok) return id
  const amount = readCredits(args.option('credits') ?? '')
  if (!amount.ok) return amount
  const source = z.enum(SOURCES).safeParse(args.option('source') ?? 'adjustment')
  if (!source.success) return usage(`--source is one of ${SOURCES.join(', ')}.`)
  const expires = args.option('expires')
  const expiresAt = expires === null ? success(null) : readMoment(expires)
  if (!expiresAt.ok) return expiresAt
  return success({
    id: id.data,
    amount: amount.data,
    source: source.data,
    expiresAt: expiresAt.data,
  })
}

export const grant: Command = {
  summary: 'Gives credits',
  positionals: ['ACCOUNT'],
  options: {
    id: { required: true, value: 'ID' },
    credits: { required: true, value: 'N' },
    label: { required: true, value: 'TEXT' },
    source: { required: false, value: SOURCES.join('|') },
    expires: { required: false, value: 'MOMENT' },
    operations: { required: false, value: 'ID,ID' },
  },
  async run(tools, args) {
    const gift = readGift(args)
    if (!gift.ok) return gift
    const listed = args.option('operations')?.split(',')
    const operations = listed && operationChoice.safeParse(listed)
    if (operations && !operations.success)
      return usage('--operations are ids: chat.standard,image.draft')
    const { id, amount, source } = gift.data
    const accountId = args.positional('ACCOUNT')
    const label = args.option('label') ?? ''
    const adjustment = { ...gift.data, label, ...(listed ? { operations: listed } : {}) }
    // The id of the entry is derived from the account's own id, which only its books know.
    const entryId = `by-hand:${source}:${id}`
    const given = await change(tools, accountId, entryId, ({ account, balances }, now) => {
      const entry = adjustmentEntry(account, adjustment, now)
      const known = grantOf(entry, balances)
      if (!known) return success([entry])
      return known.amount === amount && known.label === label ? success([]) : idUsed(id)
    })
    return outcome(given, `${creditsToDecimal(amount)} credits are given to ${accountId}.`)
  },
}

/** The grant that an entry would make again; undefined when it is new. */
function grantOf({ facts }: EntryDraft, balances: Pool['balances']) {
  return facts.kind === 'grant' ? balances.get(facts.grant.id)?.grant : undefined
}

function idUsed(id: string) {
  return failure('id_used', `The id ${id} was used for something else. Choose another one.`)
}

export const revoke: Command = {
  summary: 'Takes a grant back: what is unspent of it, with machines too',
  positionals: ['ACCOUNT', 'GRANT'],
  options: {
    id: { required: true, value: 'ID' },
    reason: { required: true, value: 'TEXT' },
  },
  async run(tools, args) {
    const id = readId(args.option('id') ?? '')
    if (!id.ok) return id
    const [accountId, grantId] = [args.positional('ACCOUNT'), args.positional('GRANT')]
    const entry = (amount: Credits) =>
      revokeEntry(`by-hand:${id.data}`, { grantId, amount }, args.option('reason') ?? '', true)
    const revoked = await change(tools, accountId, entry(ZERO).id, ({ balances }) => {
      const balance = balances.get(grantId)
      if (!balance) return failure('grant_unknown', `The account has no grant ${grantId}.`)
      return success([entry(balance.available)])
    })
    return outcome(revoked, `${grantId} is taken back.`)
  },
}
