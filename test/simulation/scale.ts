/** `npm run sim -- --level scale --accounts N --first-seed S`: a month of N accounts, in figures. */

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { report } from './scale/report.ts'
import { sumOf, type Tally } from './scale/tally.ts'
import type { Played, Share } from './scale/thread.ts'

/** How far it is, is told after so many accounts. */
const TOLD_EVERY = 50_000

/** The figures as Markdown. Each account is played from the seed alone, on one of the threads. */
export async function playMonth(
  accounts: number,
  seed: number,
  told: (text: string) => void,
): Promise<string> {
  const threads = availableParallelism()
  const played = new Array<number>(threads).fill(0)
  const began = performance.now()
  let tellAt = TOLD_EVERY
  const parts = Array.from({ length: threads }, (_, thread) =>
    play({ accounts, seed, thread, threads }, (count) => {
      played[thread] = count
      const sum = played.reduce((all, one) => all + one, 0)
      if (sum < tellAt) return
      tellAt += TOLD_EVERY
      const minutes = ((performance.now() - began) / 60_000).toFixed(1)
      told(`${sum} of ${accounts} accounts in ${minutes} min`)
    }),
  )
  return report(sumOf(await Promise.all(parts)), accounts, seed)
}

function play(share: Share, far: (played: number) => void): Promise<Tally> {
  const { promise, resolve, reject } = Promise.withResolvers<Tally>()
  const worker = new Worker(new URL('scale/thread.ts', import.meta.url), { workerData: share })
  worker.on('message', ({ played, tally }: Played) => {
    far(played)
    if (tally) resolve(tally)
  })
  worker.once('error', reject)
  return promise
}
