/** The price of a request as a person types: every key asks for it, and it asks what is due. */

import { chat, openHostWorld } from '../support/host-world.ts'
import { temporaryFolderIn, unwrap } from '../support/ledger.ts'
import { type Bench, limit, percentile } from './bench.ts'
import { CACHE } from './generate.ts'

const WARM_UP = 100
const QUOTES = 400
/** A third of a frame: the page has the rest. */
const LONGEST = 5

export const quote: Bench = {
  async run() {
    const folder = temporaryFolderIn(CACHE)
    const world = unwrap(await openHostWorld(folder.path))
    try {
      const threadId = crypto.randomUUID()
      await world.ask('threads.create', { threadId })
      const times: number[] = []
      let text = ''
      for (let typed = 0; typed < WARM_UP + QUOTES; typed++) {
        text += typed % 6 === 5 ? ' ' : 'a'
        const from = performance.now()
        await world.ask('quote.read', { request: chat(threadId, { text }) })
        if (typed >= WARM_UP) times.push(performance.now() - from)
      }
      return [
        limit('price of a request, p50', percentile(times, 0.5), 'ms', LONGEST),
        limit('price of a request, p99', percentile(times, 0.99), 'ms', 4 * LONGEST),
      ]
    } finally {
      await world.host.close()
      folder.remove()
    }
  },
}
