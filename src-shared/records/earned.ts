/** What a run reported by a machine earned somebody else (design: creators). */

import { z } from 'zod'
import { type Catalog, findOperation } from '../catalog/catalog.ts'
import { MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import type { RecipeRun } from '../journal/earnings.ts'
import type { DeviceRecord } from './record.ts'

const recipeSchema = z.looseObject({
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(200),
  creatorId: z.string().regex(/^[\w-]{43}$/),
})
const premiumSchema = z.looseObject({ amount: z.int().min(1).max(MAX_AMOUNT) })

/** The version of the catalog the run was quoted from; null if it earned nobody anything. */
export function earningCatalog({ body }: DeviceRecord): string | null {
  if (body.type !== 'usage' || body.ending.kind !== 'settle') return null
  const { operation, ending } = body
  return operation.recipe && ending.charge.premium ? operation.quote.catalogVersion : null
}

/**
 * What a run earned, by the catalog it was quoted from. Null if the premium is not what that
 * catalog gives, its share of what was paid plus at most one increment of rounding: a premium must
 * not be a way to pass credits on.
 */
export function earnedBy({ body }: DeviceRecord, catalog: Catalog): RecipeRun | null {
  if (body.type !== 'usage' || body.ending.kind !== 'settle') return null
  const { operation, ending } = body
  const recipe = recipeSchema.safeParse(operation.recipe)
  const premium = premiumSchema.safeParse(ending.charge.premium)
  const rate = findOperation(catalog, operation.quote.operation)
  if (!recipe.success || !premium.success || !rate) return null
  const { premiumPercent } = catalog.creators
  const { id, name, creatorId } = recipe.data
  const { amount } = premium.data
  const share = (ending.charge.amount * premiumPercent) / (100 + premiumPercent)
  if (amount > share + rate.increment || amount > ending.charge.amount) return null
  return {
    operationId: operation.operationId,
    recipe: { id, name, creatorId },
    premium: millicredits(amount),
  }
}
