/** Runs the benches: `node test/bench/run.ts [--only name] [--json file]`. */

import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Measurement } from './bench.ts'
import { exitOnSignals } from './program.ts'

/** Each is loaded when its turn comes: what one of them needs makes others slower. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  'authorize-settle': async () => (await import('./authorize-settle.bench.ts')).authorizeSettle,
  balance: async () => (await import('./balance.bench.ts')).balance,
  opening: async () => (await import('./opening.bench.ts')).opening,
  history: async () => (await import('./history.bench.ts')).history,
  quote: async () => (await import('./quote.bench.ts')).quote,
  records: async () => (await import('./records.bench.ts')).records,
  simulate: async () => (await import('./simulate.bench.ts')).simulation,
  server: async () => (await import('./server.bench.ts')).server,
  streaming: async () => (await import('./streaming.bench.ts')).streaming,
  payments: async () => (await import('./payments.bench.ts')).payments,
  start: async () => (await import('./start.bench.ts')).start,
}

exitOnSignals()
const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } })
const names = Object.keys(BENCHES)
const chosen = names.filter((name) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  console.error(`No bench "${values.only}". There are: ${names.join(', ')}`)
  process.exit(2)
}

const results: { bench: string; measurements: readonly Measurement[] }[] = []
for (const name of chosen) {
  const bench = await BENCHES[name]?.()
  if (!bench) continue
  console.log(`\n${name}`)
  const measurements: Measurement[] = []
  for await (const measurement of await bench.run()) {
    console.log(`  ${line(measurement)}`)
    measurements.push(measurement)
  }
  results.push({ bench: name, measurements })
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
