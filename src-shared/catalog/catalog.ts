/**
 * The catalog: plans, packs, burn-down priorities and the rate card, as data (design: words).
 * Credit amounts in the JSON are decimal strings (`"500"`, `"0.1"`), money is whole minor units.
 */

import { z } from 'zod'
import { type Credits, MAX_AMOUNT, parseCredits } from '../credits/amount.ts'
import { GRANT_SOURCES, type GrantSource } from '../credits/grant.ts'
import { UNIT_NAMES, unitsSchema } from '../credits/units.ts'

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
  if (amount > MAX_AMOUNT) {
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'Too large: at most 1000000000 credits',
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
  /** Priced like components but on top of them: neither `minimum` nor `maximum` touches these. */
  surcharges: z.array(rateComponent).max(UNIT_NAMES.length).default([]),
  /** Least that the components of one run cost once it delivered anything. */
  minimum: creditAmount,
  /** Most that the components of one run cost, where the catalog caps them. */
  maximum: creditAmount.optional(),
  /** Most units of a kind that one run may ask for; a larger run is not quoted. */
  limits: unitsSchema.optional(),
  /** Charges are rounded up to a multiple of this, once, after summing the components. */
  increment: positiveCreditAmount,
})

const plan = z.strictObject({
  id: identifier,
  name: label,
  description: z.string().max(300),
  /** Per month and, with `perSeat`, per seat; null is by agreement. */
  price: money.nullable(),
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

const catalogShape = z.strictObject({
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

export type Catalog = z.output<typeof catalogShape>
export type Plan = Catalog['plans'][number]
export type Pack = Catalog['packs'][number]
export type OperationRate = Catalog['operations'][number]
export type RateComponent = OperationRate['components'][number]

/** A transform, as that runs only on a catalog whose every field is right by itself. */
export const catalogSchema = catalogShape.transform((catalog, context): Catalog => {
  checkReferences(catalog, context)
  return catalog
})

/** What a check reports: where in the catalog, and what is wrong there. */
type Report = (path: readonly (string | number)[], message: string) => void

/** The rules between fields, checked once every field by itself is right. */
function checkReferences(catalog: Catalog, context: z.RefinementCtx): void {
  const report: Report = (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message })
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
  catalog.operations.forEach((operation, index) =>
    checkOperation(operation, (path, message) => report(['operations', index, ...path], message)),
  )
}

function checkOperation(operation: OperationRate, report: Report): void {
  const { components, surcharges, minimum, maximum, increment } = operation
  const priced = new Set<string>()
  for (const [list, entries] of Object.entries({ components, surcharges })) {
    entries.forEach(({ unit }, at) => {
      if (priced.has(unit)) report([list, at, 'unit'], `"${unit}" is priced twice`)
      priced.add(unit)
    })
  }
  if (maximum !== undefined && maximum < minimum) {
    report(['maximum'], 'The maximum is below the minimum')
  }
  // Rounding comes last, so it must not lift a charge over the maximum that the catalog states.
  for (const [name, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && bound % increment !== 0) {
      report([name], 'Must be a multiple of the increment')
    }
  }
  checkCachedPrice(operation, report)
}

/** A quote prices the whole prompt as uncached, so a cached token must never cost more. */
function checkCachedPrice({ components }: OperationRate, report: Report): void {
  const at = components.findIndex(({ unit }) => unit === 'cachedInputTokens')
  const cached = components[at]
  const input = components.find(({ unit }) => unit === 'inputTokens')
  if (!cached) return
  const inputPrice = input ? BigInt(input.price) * BigInt(cached.per) : 0n
  if (BigInt(cached.price) * BigInt(input?.per ?? 1) > inputPrice) {
    report(['components', at, 'price'], 'A cached input token costs more than an input token')
  }
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

/** A plan of the catalog, or undefined when it has none of that id. */
export function findPlan(catalog: Catalog, id: string): Plan | undefined {
  return catalog.plans.find((plan) => plan.id === id)
}
