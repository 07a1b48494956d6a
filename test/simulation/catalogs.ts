/** Catalogs of a simulated world: other policies with each seed. */

import type { Catalog } from '#shared/catalog/catalog.ts'
import { catalogWith } from '../support/books.ts'
import { defaultCatalogJson } from '../support/credits.ts'
import { type Chance, createChance } from './chance.ts'

const PRICE = { amount: 1_000, currency: 'USD' }
const OPERATION = {
  ...{ id: 'op', name: 'Operation', kind: 'text', minimum: '0', increment: '0.001' },
  components: [{ unit: 'requests', price: '0.001', per: 1 }],
}

/** Each as it is published. */
const PUBLISHED = new WeakMap<Catalog, Readonly<Record<string, unknown>>>()
export const catalogJson = (catalog: Catalog) => PUBLISHED.get(catalog)

/** The first is in force from the beginning, the others when they are published. */
export function catalogsOf(seed: number, count: number): readonly Catalog[] {
  const chance = createChance(seed ^ 0x5eed)
  return Array.from({ length: count }, (_, at) => {
    const json = catalogOf(chance, `v-${at}`)
    const catalog = catalogWith(json)
    PUBLISHED.set(catalog, { ...defaultCatalogJson(), ...json })
    return catalog
  })
}

function catalogOf(chance: Chance, version: string) {
  const rollover = () => {
    const cycles = chance.pick([0, 0, 1, 2, null])
    return { cycles, maximum: chance.is(50) ? null : decimal(chance, 60_000) }
  }
  const expiry = () => {
    const months = chance.between(1, 3)
    return chance.pick([{ kind: 'never' }, { kind: 'months', months }, { kind: 'pool', months }])
  }
  const plans = [0, 1, 2].map((at) => ({
    ...{ id: `plan-${at}`, name: `Plan ${at}`, description: '', price: null },
    ...{ perSeat: chance.is(50), packs: true, addOns: true },
    allowance: decimal(chance, 60_000),
    rollover: rollover(),
    atZero: { kind: 'block' },
  }))
  return {
    version,
    defaultPlan: 'plan-0',
    operations: [OPERATION],
    plans,
    packs: [
      { ...offer('pack', chance, 30_000), expiry: expiry() },
      {
        ...offer('pool', chance, 30_000),
        quantity: { minimum: 1, maximum: 9 },
        expiry: { kind: 'pool', months: chance.between(1, 3) },
      },
    ],
    addOns: [
      {
        ...offer('add-on', chance, 20_000),
        rollover: rollover(),
        quantity: { minimum: 1, maximum: 3 },
      },
    ],
    promotions: [
      { code: 'MORE', name: 'More', gives: { kind: 'bonus', percent: 33, expiry: expiry() } },
    ],
    planChange: {
      upgrade: chance.pick(['fresh', 'difference', 'prorated']),
      downgrade: chance.pick(['next-cycle', 'now']),
    },
    refunds: { kind: chance.pick(['refill', 'grant']), months: chance.pick([2, null]) },
  }
}

function offer(id: string, chance: Chance, most: number) {
  return { id, name: id, credits: decimal(chance, most), price: PRICE }
}

const decimal = (chance: Chance, most: number) => (chance.between(1, most) / 1_000).toFixed(3)
