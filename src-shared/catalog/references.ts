/** The rules between the fields of a catalog, checked once every field is valid by itself. */

import type { Catalog } from './shape.ts'
import type { Report } from './fields.ts'
import { checkOperation } from './rates.ts'

/** Reports every dangling reference and every pair of fields that contradict each other. */
export function checkReferences(catalog: Catalog, report: Report): void {
  checkUnique(catalog, report)
  checkPlanReferences(catalog, report)
  checkOperationReferences(catalog, report)
  checkMigrations(catalog, report)
  checkPriorities(catalog, report)
  catalog.operations.forEach((operation, index) =>
    checkOperation(operation, (path, message) => report(['operations', index, ...path], message)),
  )
}

function checkUnique(catalog: Catalog, report: Report): void {
  for (const list of ['plans', 'packs', 'addOns', 'operations', 'caps', 'alerts'] as const) {
    const seen = new Set<string>()
    catalog[list].forEach(({ id }, index) => {
      if (seen.has(id)) report([list, index, 'id'], `"${id}" is used twice`)
      seen.add(id)
    })
  }
  const codes = new Set<string>()
  catalog.promotions.forEach(({ code }, index) => {
    if (codes.has(code)) report(['promotions', index, 'code'], `"${code}" is used twice`)
    codes.add(code)
  })
}

function checkPlanReferences(catalog: Catalog, report: Report): void {
  const plans = new Set(catalog.plans.map(({ id }) => id))
  const check = (path: readonly (string | number)[], id: string) => {
    if (!plans.has(id)) report(path, `There is no plan "${id}"`)
  }
  check(['defaultPlan'], catalog.defaultPlan)
  for (const list of ['packs', 'addOns', 'promotions'] as const) {
    catalog[list].forEach(({ plans: chosen }, index) => {
      if (chosen === 'all') return
      chosen.forEach((id, at) => check([list, index, 'plans', at], id))
    })
  }
  // `from` may be a plan that only earlier catalogs had.
  catalog.migrations.forEach(({ to }, index) => check(['migrations', index, 'to'], to))
}

function checkOperationReferences(catalog: Catalog, report: Report): void {
  const operations = new Set(catalog.operations.map(({ id }) => id))
  const check = (path: readonly (string | number)[], chosen: 'all' | readonly string[]) => {
    if (chosen === 'all') return
    chosen.forEach((id, at) => {
      if (!operations.has(id)) report([...path, at], `There is no operation "${id}"`)
    })
  }
  for (const list of ['packs', 'addOns'] as const) {
    catalog[list].forEach((offer, index) => check([list, index, 'operations'], offer.operations))
  }
  catalog.promotions.forEach(({ gives }, index) => {
    if (gives.kind === 'credits') {
      check(['promotions', index, 'gives', 'operations'], gives.operations)
    }
  })
  catalog.plans.forEach(({ entitlements }, index) => {
    const path = ['plans', index, 'entitlements']
    check([...path, 'operations'], entitlements.operations)
    entitlements.trials.forEach(({ operation }, at) => {
      if (!operations.has(operation)) {
        report([...path, 'trials', at, 'operation'], `There is no operation "${operation}"`)
      }
    })
  })
}

/** Overage is invoiced, so every credit somebody has must be used before it. */
function checkPriorities({ priorities }: Catalog, report: Report): void {
  const { overage, ...others } = priorities
  if (overage <= Math.max(...Object.values(others))) {
    report(['priorities', 'overage'], 'Overage must pay after everything else')
  }
}

function checkMigrations({ migrations }: Catalog, report: Report): void {
  const moved = new Set<string>()
  migrations.forEach(({ from }, index) => {
    if (moved.has(from)) report(['migrations', index, 'from'], `"${from}" is moved twice`)
    moved.add(from)
  })
}
