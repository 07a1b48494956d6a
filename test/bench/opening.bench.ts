/** Starting with a long history against starting with none: time to the first balance, and memory. */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Bench, median, ratio } from './bench.ts'
import { ledgerOf } from './generate.ts'
import type { HostFigures } from './programs/host-ledger.ts'

const PROGRAM = join(import.meta.dirname, 'programs/host-ledger.ts')
const ROUNDS = 15

export const opening: Bench = {
  name: 'opening',
  run() {
    const long = ledgerOf(1_000_000)
    const empty = ledgerOf(0)
    const figures: { long: HostFigures; empty: HostFigures }[] = []
    measure(long)
    measure(empty)
    for (let round = 0; round < ROUNDS; round++) {
      figures.push({ long: measure(long), empty: measure(empty) })
    }
    const of = (which: 'long' | 'empty', what: keyof HostFigures) =>
      median(figures.map((figure) => figure[which][what]))
    const compare = (name: string, what: keyof HostFigures, unit: string, target: number) =>
      ratio(name, of('long', what), of('empty', what), unit, target)
    return Promise.resolve([
      compare('process start to first balance, 1M entries', 'firstBalance', 'ms', 1.5),
      compare('memory after history was read, 1M entries', 'memory', 'MiB', 1.3),
    ])
  },
}

function measure(folder: string): HostFigures {
  const output = execFileSync(process.execPath, [PROGRAM, folder], { encoding: 'utf8' })
  return JSON.parse(output) as HostFigures
}
