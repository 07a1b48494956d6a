/**
 * The catalog: plans, packs, burn-down priorities and the rate card, as data (design: words).
 * Credit amounts in the JSON are decimal strings (`"500"`, `"0.1"`), money is whole minor units.
 */

import { z } from 'zod'
import { type Credits, parseCredits } from './amount.ts'
import { UNIT_NAMES } from './units.ts'

const MAX_ENTRIES = 200

const identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'Use lower-case letters, digits, dots and dashes')
const label = z.string().trim().min(1).max(120)

/** A non-negative decimal number of credits, read into millicredits. */
const creditAmount = z.string().transform((text, context): Credits => {
  const amount = parseCredits(text)
  if (amount === null || amount < 0) {
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'Expected a non-negative number of credits with at most 3 decimals, as text: "12.5"',
    })
    return z.NEVER
  }
  return amount
})
const positiveCreditAmount = creditAmount.refine((amount) => amount > 0, 'Must be above zero')

const money = z.strictObject({
  amount: z.int().min(0).max(1_000_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Expected an ISO 4217 code such as USD'),
})

/** Price of one unit kind: `price` credits for every `per` units. */
const rateComponent = z.strictObject({
  unit: z.enum(UNIT_NAMES),
  price: creditAmount,
  per: z.int().min(1).max(1_000_000_000),
})

const operationRate = z.strictObject({
  id: identifier,
  name: label,
  kind: z.enum(['text', 'image', 'video', 'speech', 'extraction']),
  components: z.array(rateComponent).min(1).max(UNIT_NAMES.length),
  /** Smallest charge of one run that delivered anything. */
  minimum: creditAmount,
  /** Largest charge of one run, where the catalog caps it. */
  maximum: creditAmount.optional(),
  /** Charges are rounded up to a multiple of this, once, after summing the components. */
  increment: positiveCreditAmount,
})

export const GRANT_SOURCES = [
  'plan',
  'pack',
  'add-on',
  'promo',
  'trial',
  'rollover',
  'refund',
  'adjustment',
] as const
export type GrantSource = (typeof GRANT_SOURCES)[number]

const plan = z.strictObject({
  id: identifier,
  name: label,
  description: z.string().max(300),
  price: money,
  allowance: creditAmount,
  perSeat: z.boolean(),
  packs: z.boolean(),
})

const pack = z.strictObject({
  id: identifier,
  name: label,
  credits: positiveCreditAmount,
  price: money,
  validMonths: z.int().min(1).max(120).nullable(),
})

const priority = z.int().min(0).max(1_000)

export const catalogSchema = z
  .strictObject({
    format: z.literal(1),
    version: identifier,
    name: label,
    defaultPlan: identifier,
    plans: z.array(plan).min(1).max(MAX_ENTRIES),
    packs: z.array(pack).max(MAX_ENTRIES),
    /** Lower pays first (design: burn-down). */
    priorities: z.strictObject(
      Object.fromEntries(GRANT_SOURCES.map((source) => [source, priority])) as Record<
        GrantSource,
        typeof priority
      >,
    ),
    operations: z.array(operationRate).min(1).max(MAX_ENTRIES),
  })
  .superRefine(checkReferences)

export type Catalog = z.output<typeof catalogSchema>
export type Plan = Catalog['plans'][number]
export type Pack = Catalog['packs'][number]
export type OperationRate = Catalog['operations'][number]
export type RateComponent = OperationRate['components'][number]

interface CatalogReferences {
  readonly defaultPlan: string
  readonly plans: readonly { readonly id: string }[]
  readonly packs: readonly { readonly id: string }[]
  readonly operations: readonly {
    readonly id: string
    readonly minimum: Credits
    readonly maximum?: Credits | undefined
    readonly components: readonly { readonly unit: string }[]
  }[]
}

function checkReferences(catalog: CatalogReferences, context: z.RefinementCtx): void {
  const report = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  for (const list of ['plans', 'packs', 'operations'] as const) {
    const seen = new Set<string>()
    catalog[list].forEach(({ id }, index) => {
      if (seen.has(id)) report([list, index, 'id'], `"${id}" is used twice`)
      seen.add(id)
    })
  }
  if (!catalog.plans.some(({ id }) => id === catalog.defaultPlan)) {
    report(['defaultPlan'], `There is no plan "${catalog.defaultPlan}"`)
  }
  catalog.operations.forEach((operation, index) => {
    const units = operation.components.map(({ unit }) => unit)
    units.forEach((unit, at) => {
      if (units.indexOf(unit) !== at) {
        report(['operations', index, 'components', at, 'unit'], `"${unit}" is priced twice`)
      }
    })
    if (operation.maximum !== undefined && operation.maximum < operation.minimum) {
      report(['operations', index, 'maximum'], 'The maximum is below the minimum')
    }
  })
}

export interface CatalogProblem {
  /** Where in the JSON, e.g. `operations[2].components[0].price`; empty for the whole document. */
  readonly path: string
  readonly message: string
}

export type CatalogResult =
  | { readonly ok: true; readonly catalog: Catalog }
  | { readonly ok: false; readonly problems: readonly CatalogProblem[] }

/** Validates a parsed JSON value as a whole: a usable catalog, or every problem with its place. */
export function readCatalog(json: unknown): CatalogResult {
  const parsed = catalogSchema.safeParse(json)
  if (parsed.success) return { ok: true, catalog: parsed.data }
  const problems = parsed.error.issues.map((issue) => ({
    path: formatPath(issue.path),
    message: issue.message,
  }))
  return { ok: false, problems }
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

/** The rate of an operation, or undefined when the catalog does not price it. */
export function findOperation(catalog: Catalog, id: string): OperationRate | undefined {
  return catalog.operations.find((operation) => operation.id === id)
}
