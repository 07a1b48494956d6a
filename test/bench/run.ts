/** Runs the benches: `node test/bench/run.ts [--only name] [--json file]`. */

import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { authorizeSettle } from './authorize-settle.bench.ts'
import { balance } from './balance.bench.ts'
import type { Bench, Measurement } from './bench.ts'
import { history } from './history.bench.ts'
import { opening } from './opening.bench.ts'
import { payments } from './payments.bench.ts'
import { exitOnSignals } from './program.ts'
import { quote } from './quote.bench.ts'
import { records } from './records.bench.ts'
import { server } from './server.bench.ts'
import { simulation } from './simulate.bench.ts'
import { start } from './start.bench.ts'
import { streaming } from './streaming.bench.ts'

const BENCHES: readonly Bench[] = [
  start,
  authorizeSettle,
  balance,
  opening,
  history,
  quote,
  records,
  simulation,
  server,
  streaming,
  payments,
]

exitOnSignals()
const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } })
const chosen = BENCHES.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  console.error(`No bench "${values.only}". There are: ${BENCHES.map((b) => b.name).join(', ')}`)
  process.exit(2)
}

const results: { bench: string; measurements: readonly Measurement[] }[] = []
for (const bench of chosen) {
  console.log(`\n${bench.name}`)
  const measurements: Measurement[] = []
  for await (const measurement of await bench.run()) {
    console.log(`  ${line(measurement)}`)
    measurements.push(measurement)
  }
  results.push({ bench: bench.name, measurements })
}

const missed = results.flatMap(({ measurements }) => measurements).filter(({ met }) => !met)
console.log(missed.length === 0 ? '\nEvery target met.' : `\n${missed.length} targets missed.`)
if (values.json !== undefined) {
  const machine = { node: process.version, platform: process.platform, cpus: cpus().length }
  writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
}

function line({
  name,
  measured,
  baseline,
  unit,
  figure,
  target,
  wanted,
  met,
}: Measurement): string {
  const against =
    baseline === null
      ? `${show(measured)} ${unit}`
      : `${show(measured)} / ${show(baseline)} ${unit} = ${figure.toFixed(2)}×`
  const limit = baseline === null ? `${target} ${unit}` : `${target}×`
  return `${met ? 'ok  ' : 'MISS'} ${name}: ${against} (${wanted} ${limit})`
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
