/**
 * The catalog: plans, offers, policies, burn-down priorities and the rate card, as data, so that
 * packaging changes without a deployment (design: words; conformance: schematic 11).
 */

import type { Plan } from './plans.ts'
import type { OperationRate } from './rates.ts'
import { checkReferences } from './references.ts'
import { type Catalog, catalogShape } from './shape.ts'

export type { Catalog }

/** A transform, because it runs only once every field is valid by itself. */
const catalogSchema = catalogShape.transform((catalog, context): Catalog => {
  checkReferences(catalog, (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message }),
  )
  return catalog
})

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
