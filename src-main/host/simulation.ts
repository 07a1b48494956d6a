/** Turns the call that compares plans into the question for the reader's worker. */

import type { AccountState } from '#shared/account/account.ts'
import { type Catalog, findPlan, readCatalog } from '#shared/catalog/catalog.ts'
import type { CallParsed } from '#shared/host/calls.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Account } from '../authority/account.ts'
import type { SimulationQuestion } from '../ledger/reader-protocol.ts'

/** Fails with `catalog_invalid` (details: the problems) or `plan_unknown`. */
export function simulationQuestion(
  { catalogText, planIds, ...asked }: CallParsed<'plans.simulate'>,
  inForce: Catalog,
  account: Pick<Account, 'timeZone' | 'createdAt'>,
  { subscriptions, caps }: Pick<AccountState, 'subscriptions' | 'caps'>,
): Result<SimulationQuestion> {
  const read = catalogText === undefined ? success(inForce) : readText(catalogText)
  if (!read.ok) return read
  const catalog = read.data
  const unknown = planIds?.find((id) => !findPlan(catalog, id))
  if (unknown !== undefined) {
    return failure('plan_unknown', `The catalog has no plan "${unknown}".`, { planId: unknown })
  }
  const offered = catalog.plans.filter(
    ({ id, offered: isOffered }) => planIds?.includes(id) ?? isOffered,
  )
  const { timeZone, createdAt: startsAt } = account
  return success({
    ...asked,
    catalog,
    planIds: offered.map(({ id }) => id),
    anchor: { timeZone, startsAt },
    subscriptions: [...subscriptions.values()].filter(({ endsFrom }) => endsFrom === null),
    caps: [...caps.values()],
  })
}

function readText(text: string): Result<Catalog> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return failure('catalog_invalid', 'The catalog is not JSON.', { problems: [] })
  }
  const read = readCatalog(json)
  if (read.ok) return success(read.catalog)
  const { problems } = read
  const [first] = problems
  const where = `${first?.path ?? ''} ${first?.message ?? ''}`.trim()
  return failure('catalog_invalid', `The catalog cannot be used: ${where}`, { problems })
}
