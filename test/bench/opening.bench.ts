/**
 * Starting with a long history against starting with none: time to the first balance and memory,
 * each in a fresh process, bundled as the app is.
 */

import { type Bench, limit, median, ratio } from './bench.ts'
import { bundlePrograms } from './bundle.ts'
import { ledgerOf } from './generate.ts'
import { runProgram } from './program.ts'
import type { HostFigures } from './programs/host-ledger.ts'

const ROUNDS = 21

export const opening: Bench = {
  async run() {
    const programs = await bundlePrograms()
    const start = (folder: string) =>
      runProgram<HostFigures>([programs.host, folder, programs.reader])
    const folders = { long: ledgerOf(1_000_000), empty: ledgerOf(0) }
    const figures: Record<keyof typeof folders, HostFigures>[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const pair = { long: await start(folders.long), empty: await start(folders.empty) }
      if (round > 0) figures.push(pair)
    }
    const of = (which: keyof typeof folders, what: keyof HostFigures) =>
      median(figures.map((figure) => figure[which][what]))
    const compare = (name: string, what: keyof HostFigures, unit: string, target: number) =>
      ratio(name, of('long', what), of('empty', what), unit, target)
    return [
      compare('process start to first balance, 1M entries', 'firstBalance', 'ms', 1.5),
      compare('memory after history was read, 1M entries', 'memory', 'MiB', 1.3),
      limit(
        'first page of history, the worker’s start included',
        of('long', 'firstPage'),
        'ms',
        100,
      ),
    ]
  },
}
