/** What changed between two catalogs, in words (design: words). */

import type { Credits } from '../credits/amount.ts'
import { formatCredits, formatMoney } from '../credits/format.ts'
import type { Catalog } from './shape.ts'

/** One difference. `before` is null for what is new, `after` for what is gone. */
export interface CatalogChange {
  /** Where, entries by their id: `plans.free.allowance`. */
  readonly path: string
  /** "Plan Free: credits a month". */
  readonly what: string
  readonly before: string | null
  readonly after: string | null
}

/** Every difference that matters to somebody, in the order of the catalog. */
export function diffCatalogs(before: Catalog, after: Catalog): readonly CatalogChange[] {
  return SECTIONS.flatMap((key) => diff({ path: [key], name: null, key }, before[key], after[key]))
}

/** A change of version or format alone is not worth reporting. */
const SECTIONS = [
  'name',
  'plans',
  'defaultPlan',
  'packs',
  'addOns',
  'promotions',
  'operations',
  'priorities',
  'planChange',
  'migrations',
  'caps',
  'alerts',
  'refunds',
  'creators',
  'resultCache',
  'subjects',
] as const satisfies readonly (keyof Catalog)[]

/** What to call one entry of each of a catalog's lists, and the field that identifies it. */
const LISTS: Readonly<Record<string, { readonly noun: string; readonly key: string }>> = {
  plans: { noun: 'Plan', key: 'id' },
  packs: { noun: 'Pack', key: 'id' },
  addOns: { noun: 'Add-on', key: 'id' },
  promotions: { noun: 'Code', key: 'code' },
  operations: { noun: 'Operation', key: 'id' },
  migrations: { noun: 'Move from plan', key: 'from' },
  caps: { noun: 'Cap', key: 'id' },
  alerts: { noun: 'Alert', key: 'id' },
  components: { noun: '', key: 'unit' },
  surcharges: { noun: 'Surcharge for', key: 'unit' },
  trials: { noun: 'Trial of', key: 'operation' },
}

const WORDS: Readonly<Record<string, string>> = {
  allowance: 'credits a month',
  annualPrice: 'price a year',
  atZero: 'at zero',
  defaultPlan: 'Default plan',
  increment: 'rounded up to',
  offered: 'offered to newcomers',
  packs: 'packs may be bought',
  addOns: 'add-ons may be bought',
  perSeat: 'for each seat',
  per: 'for each',
  planChange: 'Change of plan',
  premiumPercent: 'premium in percent',
  pricePerHundred: 'price of 100 credits',
  priorities: 'Order of payment',
  resultCache: 'Results of before, free',
  kind: 'kind',
}

interface Place {
  readonly path: readonly string[]
  /** Whose field it is: "Plan Free"; null for the catalog itself. */
  readonly name: string | null
  readonly key: string
  /** Words between the name and the field, as in "rollover: cycles". */
  readonly within?: string
}

function diff(place: Place, before: unknown, after: unknown): readonly CatalogChange[] {
  if (isSame(before, after)) return []
  const list = LISTS[place.key]
  if (list && isEntries(before) && isEntries(after)) {
    return diffEntries(place, list, before, after)
  }
  if (isPlain(before) && isPlain(after) && before['kind'] === after['kind'] && !isMoney(before)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      diff(inside(place, key), before[key], after[key]),
    )
  }
  const what = [place.name, place.within, wordOf(place.key)].filter(Boolean).join(': ')
  const path = place.path.join('.')
  return [{ path, what, before: inWords(place, before), after: inWords(place, after) }]
}

function inside({ path, name, key, within }: Place, field: string): Place {
  const steps = [...path, field]
  if (path.length === 1) return { path: steps, name: wordOf(key, true), key: field }
  const around = isEntryPlace(key) ? within : [within, wordOf(key)].filter(Boolean).join(': ')
  return { path: steps, name, key: field, ...(around ? { within: around } : {}) }
}

/** Marks a path that is a whole list entry, for which its name is enough. */
const ENTRY = '\u0000entry'
const isEntryPlace = (key: string) => key === ENTRY

type Entry = Readonly<Record<string, unknown>>

function diffEntries(
  place: Place,
  { noun, key }: { readonly noun: string; readonly key: string },
  before: readonly Entry[],
  after: readonly Entry[],
): readonly CatalogChange[] {
  const old = new Map(before.map((entry) => [String(entry[key]), entry]))
  const now = new Map(after.map((entry) => [String(entry[key]), entry]))
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)]
    const { name: called } = is ?? was ?? {}
    const entry = `${noun} ${typeof called === 'string' ? called : words(id)}`.trim()
    const name = place.name === null ? entry : `${place.name}: ${entry.toLowerCase()}`
    const path = [...place.path, id]
    if (was && is) return diff({ path, name, key: ENTRY }, was, is)
    return [{ path: path.join('.'), what: name, before: gist(was), after: gist(is) }]
  })
}

/** A whole entry in a few words; null if there is none. */
function gist(entry: Entry | undefined): string | null {
  if (!entry) return null
  const { allowance, credits, price, per, unit } = entry
  const parts = [
    typeof unit === 'string' && `${decimal(price)} credits for ${String(per)}`,
    typeof allowance === 'number' && `${decimal(allowance)} credits a month`,
    typeof credits === 'number' && `${decimal(credits)} credits`,
    isMoney(price) && formatMoney(price),
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'listed'
}

const CREDIT_FIELDS = ['allowance', 'credits', 'price', 'increment', 'limit', 'minimumCredits']
const BOUNDS = ['minimum', 'maximum']

function isCredits({ key, path }: Place): boolean {
  if (CREDIT_FIELDS.includes(key)) return true
  return BOUNDS.includes(key) && path.at(-2) !== 'quantity'
}

function inWords(place: Place, value: unknown): string | null {
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') {
    return isCredits(place) ? `${decimal(value)} credits` : String(value)
  }
  if (isMoney(value)) return formatMoney(value)
  if (Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.map((item) => inWords(place, item)).join(', ')
  }
  if (!isPlain(value)) return typeof value === 'string' ? value : 'other'
  return Object.entries(value)
    .filter(([, part]) => part !== null && part !== undefined)
    .map(([key, part]) => {
      const text = inWords({ ...place, key, path: [...place.path, key] }, part)
      return key === 'kind' || key === 'id' ? text : `${wordOf(key)} ${text}`
    })
    .join(', ')
}

const decimal = (amount: unknown) => formatCredits(amount as Credits)

function wordOf(key: string, starts = false): string {
  const word = WORDS[key] ?? words(key)
  return starts ? word.charAt(0).toUpperCase() + word.slice(1) : word
}

/** `cachedInputTokens` → "cached input tokens". */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function isPlain(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntries(value: unknown): value is readonly Entry[] {
  return Array.isArray(value) && value.every(isPlain)
}

function isMoney(value: unknown): value is { amount: number; currency: string } {
  return isPlain(value) && typeof value['currency'] === 'string'
}

/** Equal as data: what is absent and what is undefined are the same. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}
