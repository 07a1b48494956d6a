import { describe, expect, it } from 'vitest'
import { readCatalog } from '#shared/catalog/catalog.ts'
import { diffCatalogs } from '#shared/catalog/diff.ts'
import { defaultCatalog, defaultCatalogJson } from '../../support/credits.ts'

type Json = Record<string, unknown>
interface DefaultJson extends Json {
  name: string
  version: string
  plans: Json[]
  packs: Json[]
  operations: (Json & { id: string; components: Json[] })[]
}

/** What the shipped catalog differs by once `change` was made to its JSON. */
function changed(change: (json: DefaultJson) => void) {
  const json = defaultCatalogJson() as DefaultJson
  change(json)
  const read = readCatalog(json)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return diffCatalogs(defaultCatalog(), read.catalog)
}

describe('the difference between two catalogs', () => {
  it('is empty for the same content, whatever its version and the order of its fields', () => {
    expect(changed((json) => (json.version = 'other'))).toEqual([])
    expect(
      changed((json) => {
        json.plans = json.plans.map((plan) => Object.fromEntries(Object.entries(plan).reverse()))
      }),
    ).toEqual([])
  })

  it('tells of a plan’s allowance and price', () => {
    const changes = changed(({ plans }) => {
      plans[0]!['allowance'] = '777.5'
      plans[0]!['price'] = { amount: 950, currency: 'USD' }
    })
    expect(changes).toMatchObject([
      { path: 'plans.free.price', what: 'Plan Free: price', after: '$9.50' },
      { path: 'plans.free.allowance', what: 'Plan Free: credits a month', after: '777.5 credits' },
    ])
    expect(changes[1]?.before).toMatch(/ credits$/)
  })

  it('tells of what one unit costs', () => {
    const json = defaultCatalogJson() as DefaultJson
    const operation = json.operations.find(({ id }) => id === 'chat.fast')
    const unit = String(operation?.components[0]?.['unit'])
    const changes = changed(({ operations }) => {
      operations.find(({ id }) => id === 'chat.fast')!.components[0]!['price'] = '4.25'
    })
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({
      path: `operations.chat.fast.components.${unit}.price`,
      after: '4.25 credits',
    })
    expect(changes[0]?.what).toMatch(/^Operation .+: [a-z ]+: price$/)
  })

  it('tells of what is new and what is gone', () => {
    const [pack] = defaultCatalog().packs
    const gone = changed((json) => json.packs.shift())
    expect(gone).toMatchObject([{ path: `packs.${pack?.id}`, after: null }])
    expect(gone[0]?.before).toContain('credits')
    const added = changed(({ plans }) => plans.push({ ...plans[0], id: 'extra', name: 'Extra' }))
    expect(added).toMatchObject([{ path: 'plans.extra', what: 'Plan Extra', before: null }])
  })

  it('tells of policies', () => {
    const changes = changed((json) => {
      json['creators'] = { premiumPercent: 37 }
      json.plans[0]!['atZero'] = { kind: 'overage', limit: '250' }
      json['caps'] = [{ id: 'day', name: 'A day', limit: '90', kind: 'hard', window: 'day' }]
    })
    expect(changes.map(({ path, what, after }) => [path, what, after])).toEqual([
      ['plans.free.atZero', 'Plan Free: at zero', 'overage, limit 250 credits'],
      ['caps.day', 'Cap A day', 'listed'],
      ['creators.premiumPercent', 'Creators: premium in percent', '37'],
    ])
  })

  it('says the same backwards, with before and after exchanged', () => {
    const json = defaultCatalogJson() as DefaultJson
    json.plans[0]!['allowance'] = '1'
    json.packs.shift()
    const read = readCatalog(json)
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    const there = diffCatalogs(defaultCatalog(), read.catalog)
    const back = diffCatalogs(read.catalog, defaultCatalog())
    const exchanged = back.map(({ path, what, before, after }) => {
      return { path, what, before: after, after: before }
    })
    expect(new Set(exchanged.map((change) => JSON.stringify(change)))).toEqual(
      new Set(there.map((change) => JSON.stringify(change))),
    )
  })
})
