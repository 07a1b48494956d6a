/** Terms that differ from an account's plan, set and ended by the operator. */

import { z } from 'zod'
import { overrideEntry } from '#shared/account/open.ts'
import { type AtZero, cap, entitlements } from '#shared/catalog/policies.ts'
import { creditsToDecimal } from '#shared/credits/amount.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type Arguments, readCredits, readId, readMoment, usage } from './arguments.ts'
import { type Command, said } from './command.ts'
import { change, outcome } from './credits.ts'
import { accountUnknown } from '../authority/accounts.ts'
import { readJsonFile } from './files.ts'
import { isKnown } from './store.ts'

type Terms = Pick<Override, 'allowance' | 'atZero' | 'caps' | 'entitlements'>

/** `pause`, `block`, or `overage:500`. */
function readAtZero(text: string): Result<AtZero> {
  if (text === 'pause' || text === 'block') return success({ kind: text })
  const [kind, limit = ''] = text.split(':')
  if (kind !== 'overage') return usage('--at-zero is pause, block or overage:N.')
  const credits = readCredits(limit)
  return credits.ok ? success({ kind, limit: credits.data }) : credits
}

/** What a file may contain, each part in the catalog's form. */
const fileSchema = z.strictObject({
  caps: z.array(cap).max(50).exactOptional(),
  entitlements: entitlements.exactOptional(),
})

function readTermsFile(file: string): Result<Terms> {
  const json = readJsonFile(file)
  if (!json.ok) return json
  const read = fileSchema.safeParse(json.data)
  if (read.success) return success(read.data)
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return failure('terms_invalid', `The terms in ${file} are not right.`, { problems })
}

/** The terms from the options and the file together. */
function readTerms(args: Arguments): Result<Terms> {
  const [credits, kind, file] = [
    args.option('allowance'),
    args.option('at-zero'),
    args.option('terms'),
  ]
  const allowance = credits === null ? null : readCredits(credits)
  if (allowance && !allowance.ok) return allowance
  const atZero = kind === null ? null : readAtZero(kind)
  if (atZero && !atZero.ok) return atZero
  const more = file === null ? success({}) : readTermsFile(file)
  if (!more.ok) return more
  const terms = {
    ...more.data,
    ...(allowance ? { allowance: allowance.data } : {}),
    ...(atZero ? { atZero: atZero.data } : {}),
  }
  if (Object.keys(terms).length > 0) return success(terms)
  return usage('Give --allowance, --at-zero, or --terms with caps or entitlements.')
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
  const terms = readTerms(args)
  if (!terms.ok) return terms
  const name = args.option('name') ?? ''
  return success({ id: id.data, name, from: start.data, until: end.data, ...terms.data })
}

export const override: Command = {
  summary: 'Sets terms that differ from the plan, perhaps for a time',
  positionals: ['ACCOUNT'],
  options: {
    id: { required: true, value: 'ID' },
    name: { required: true, value: 'TEXT' },
    allowance: { required: false, value: 'N' },
    'at-zero': { required: false, value: 'pause|block|overage:N' },
    terms: { required: false, value: 'FILE' },
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

export const endOverride: Command = {
  summary: 'Ends them, at once or at a moment',
  positionals: ['ACCOUNT', 'OVERRIDE'],
  options: { at: { required: false, value: 'MOMENT' } },
  async run(tools, args) {
    const at = args.option('at')
    const moment = at === null ? success(tools.clock.now()) : readMoment(at)
    if (!moment.ok) return moment
    const [accountId, id] = [args.positional('ACCOUNT'), args.positional('OVERRIDE')]
    const changeId = `by-hand:${id}:until:${moment.data}`
    const entryId = `account:override:${changeId}`
    const ended = await change(tools, accountId, entryId, ({ account }, now) => {
      const term = account.overrides.get(id)
      if (!term) return failure('override_unknown', `The account has no override ${id}.`)
      const until = Math.max(moment.data, now)
      const { until: before } = term.override
      if (before !== null && before <= now) return success([])
      return success([overrideEntry(changeId, { ...term.override, until })])
    })
    return outcome(ended, `${id} ends${at === null ? ' now' : ` at ${at}`}.`)
  },
}

export const listOverrides: Command = {
  summary: 'Lists the terms of an account that differ from its plan, past and to come',
  positionals: ['ACCOUNT'],
  options: {},
  async run(tools, args) {
    const accountId = args.positional('ACCOUNT')
    const { query } = tools.database
    if (!(await isKnown(query, accountId))) return accountUnknown(accountId)
    const { account } = await tools.authority.read(query, accountId)
    const lines = [...account.overrides.values()]
      .map((term) => term.override)
      .sort((left, right) => left.from - right.from)
      .map((one) => line(one, tools.clock.now()))
    return success(lines.length > 0 ? { lines } : said('It has none.'))
  },
}

const dayOf = (at: number) => new Date(at).toISOString()

/** `launch  in force  from … until …  allowance 100000, caps: daily  Launch month` */
function line({ id, name, from, until, ...terms }: Override, now: number): string {
  const isOver = until !== null && until <= now
  const state = isOver ? 'over' : from > now ? 'to come' : 'in force'
  const { allowance, atZero, caps, entitlements: may } = terms
  const limit = atZero?.kind === 'overage' ? `:${creditsToDecimal(atZero.limit)}` : ''
  const parts = [
    ...(allowance === undefined ? [] : [`allowance ${creditsToDecimal(allowance)}`]),
    ...(atZero ? [`at zero ${atZero.kind}${limit}`] : []),
    ...(caps ? [`caps ${caps.map((one) => one.id).join(' ')}`] : []),
    ...(may ? ['entitlements'] : []),
  ]
  const span = `from ${dayOf(from)}${until === null ? '' : ` until ${dayOf(until)}`}`
  return `${id}  ${state}  ${span}  ${parts.join(', ')}  ${name}`
}
