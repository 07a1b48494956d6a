/** `npm run simulate -- --catalog FILE --usage FILE [--plan ID] [--packs] [--zone NAME]`. */

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Catalog, readCatalog } from '../src-shared/catalog/catalog.ts'
import { type Credits, creditsToDecimal } from '../src-shared/credits/amount.ts'
import { formatMoney } from '../src-shared/credits/format.ts'
import type { Money } from '../src-shared/credits/money.ts'
import type { Simulation } from '../src-shared/simulation/outcome.ts'
import { simulate as simulatePlan } from '../src-shared/simulation/simulate.ts'
import { readUsageCsv } from '../src-shared/usage/read-csv.ts'
import { Refusal } from './launch/run.mjs'

/** Prints what exported usage would have cost, by plan and month. */
export function simulate(args: readonly string[]): Promise<number> {
  const { catalog: catalogFile, usage: usageFile, plan, packs, zone } = readArguments(args)
  const catalog = readCatalogFile(catalogFile)
  const usage = readUsageCsv(readText(usageFile))
  if (!usage.ok) throw new Refusal(`${usageFile}: ${usage.error.message}`)
  const [first] = usage.data
  if (!first) throw new Refusal(`${usageFile} holds no settled run.`)
  const plans = catalog.plans.filter(({ id, offered }) => (plan ? id === plan : offered))
  if (plans.length === 0) throw new Refusal(`${catalogFile} has no plan "${plan}".`)
  const anchor = { timeZone: zone, startsAt: first.at }
  const whenOut = packs ? 'buy-packs' : 'as-the-plan-says'
  for (const { id } of plans) {
    print(simulatePlan({ catalog, planId: id, anchor, whenOut }, usage.data), zone)
  }
  return Promise.resolve(0)
}

function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      catalog: { type: 'string' },
      usage: { type: 'string' },
      plan: { type: 'string' },
      packs: { type: 'boolean', default: false },
      zone: { type: 'string', default: 'UTC' },
    },
  })
  const { catalog, usage } = values
  if (!catalog || !usage) throw new Refusal('Give --catalog FILE and --usage FILE.')
  return { ...values, catalog, usage }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Refusal(`${file} cannot be read: ${(error as Error).message}`)
  }
}

function readCatalogFile(file: string): Catalog {
  let json: unknown
  try {
    json = JSON.parse(readText(file))
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`${file} is not JSON.`)
  }
  const read = readCatalog(json)
  if (read.ok) return read.catalog
  const problems = read.problems.map(({ path, message }) => `  ${path}: ${message}`)
  throw new Refusal([`${file} cannot be used:`, ...problems].join('\n'))
}

const HEAD = ['Month', 'Allowance', 'Carried in', 'Used', 'Overage', 'Refused', 'Unused', 'Money']

function print(simulation: Simulation, timeZone: string): void {
  const { planName, planId, catalogVersion, months, runs, ranOut, leftOut } = simulation
  const day = new Intl.DateTimeFormat('sv', { timeZone })
  const rows = months.map((month) => [
    day.format(month.startsAt),
    ...[month.allowance, month.rolledOver, month.used, month.overage, month.refused].map(shown),
    shown(month.expired),
    price(month.money),
  ])
  const { used, overage, refused, expired, money } = simulation
  const total = ['Total', '', '', ...[used, overage, refused, expired].map(shown), price(money)]
  console.log(`\n${planName} (${planId}), catalog ${catalogVersion}: ${runs} runs`)
  for (const line of table([HEAD, ...rows, total])) console.log(`  ${line}`)
  console.log(`  Ran out in ${ranOut} of ${months.length} months.`)
  for (const { operation, why, runs: count, recorded } of leftOut) {
    const reason = why === 'unpriced' ? 'has no price here' : 'is not part of the plan'
    console.log(`  Left out: ${operation} ${reason}: ${count} runs, ${shown(recorded)} recorded.`)
  }
}

const shown = (amount: Credits) => creditsToDecimal(amount)
const price = (money: Money | null) => (money ? formatMoney(money) : 'by agreement')

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}
