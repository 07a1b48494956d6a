/** What an operator gives, takes and grants by hand. Each happens once for its id. */

import { z } from 'zod'
import { adjustmentEntry, overrideEntry } from '#shared/account/open.ts'
import { operationChoice } from '#shared/catalog/fields.ts'
import type { AtZero } from '#shared/catalog/policies.ts'
import { type Credits, creditsToDecimal, ZERO } from '#shared/credits/amount.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { revokeEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type Arguments, readCredits, readId, readMoment, usage } from './arguments.ts'
import { type Command, type Outcome, said, type Tools } from './command.ts'

type Rule = (pool: Pool, now: number) => Result<readonly EntryDraft[]>

/** Writes what a rule makes of an account, once: `entryId` is one of its entries. */
export async function change(
  { database, authority }: Tools,
  accountId: string,
  entryId: string,
  rule: Rule,
): Promise<Result<null>> {
  return database.transaction(async (transaction) => {
    if (!(await transaction.lockAccount(accountId))) {
      return failure('account_unknown', `There is no account ${accountId}.`)
    }
    return authority.change(transaction, accountId, entryId, rule)
  })
}

function outcome(result: Result<null>, line: string): Result<Outcome> {
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
    // The id of the entry follows from the account's own id, which only its books know.
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

/** `pause`, `block`, or `overage:500`. */
function readAtZero(text: string): Result<AtZero> {
  if (text === 'pause' || text === 'block') return success({ kind: text })
  const [kind, limit = ''] = text.split(':')
  if (kind !== 'overage') return usage('--at-zero is pause, block or overage:N.')
  const credits = readCredits(limit)
  return credits.ok ? success({ kind, limit: credits.data }) : credits
}

function readOverride(args: Arguments, now: number): Result<Override> {
  const id = readId(args.option('id') ?? '')
  if (!id.ok) return id
  const [from, until] = [args.option('from'), args.option('until')]
  const start = from === null ? success(now) : readMoment(from)
  if (!start.ok) return start
  const end = until === null ? success(null) : readMoment(until)
  if (!end.ok) return end
  if (end.data !== null && end.data <= start.data) return usage('--until comes after --from.')
  const [credits, kind] = [args.option('allowance'), args.option('at-zero')]
  if (credits === null && kind === null) return usage('Give --allowance, --at-zero or both.')
  const allowance = credits === null ? null : readCredits(credits)
  if (allowance && !allowance.ok) return allowance
  const atZero = kind === null ? null : readAtZero(kind)
  if (atZero && !atZero.ok) return atZero
  return success({
    id: id.data,
    name: args.option('name') ?? '',
    from: start.data,
    until: end.data,
    ...(allowance ? { allowance: allowance.data } : {}),
    ...(atZero ? { atZero: atZero.data } : {}),
  })
}

export const override: Command = {
  summary: 'Sets terms that differ from the plan, perhaps for a time',
  positionals: ['ACCOUNT'],
  options: {
    id: { required: true, value: 'ID' },
    name: { required: true, value: 'TEXT' },
    allowance: { required: false, value: 'N' },
    'at-zero': { required: false, value: 'pause|block|overage:N' },
    from: { required: false, value: 'MOMENT' },
    until: { required: false, value: 'MOMENT' },
  },
  async run(tools, args) {
    const terms = readOverride(args, tools.clock.now())
    if (!terms.ok) return terms
    const accountId = args.positional('ACCOUNT')
    const entry = overrideEntry(`by-hand:${terms.data.id}`, terms.data)
    const set = await change(tools, accountId, entry.id, () => success([entry]))
    return outcome(set, `${accountId} has other terms: ${terms.data.name}.`)
  },
}
