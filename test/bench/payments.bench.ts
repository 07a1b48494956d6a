/**
 * Webhooks: how soon one is on another machine's screen, and a burst of them, of which every one is
 * stored and worked on while memory stays as before.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { TimedEvent } from '#shared/purchase/events.ts'
import { unwrap } from '../support/ledger.ts'
import { ACCOUNT, message, openPaymentsWorld, paid } from '../support/payments-world.ts'
import { measureArrival } from './arrival.ts'
import { type Bench, limit } from './bench.ts'

const WEBHOOKS = 10_000
const PURCHASES = 20
const AT_ONCE = 200

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export const payments: Bench = {
  async run() {
    const arrival = await measureArrival()
    const world = await openPaymentsWorld()
    const ids = Array.from(
      { length: PURCHASES },
      (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    )
    const totals = new Map<string, number>()
    for (const id of ids) totals.set(id, await world.buy(id))
    let number = 0
    const next = (event: (id: string) => TimedEvent): string => {
      const id = ids[number % ids.length] as string
      return message(`evt_${++number}`, { accountId: ACCOUNT, purchaseId: id }, [event(id)])
    }
    const declined = (): TimedEvent => ({ type: 'declined', code: 'card_declined', at: number })
    const burst = async (count: number, event: (id: string) => TimedEvent) => {
      for (let sent = 0; sent < count; sent += AT_ONCE) {
        const bodies = Array.from({ length: Math.min(AT_ONCE, count - sent) }, () => next(event))
        await Promise.all(
          bodies.map(async (body) => unwrap(await world.payments.receive(body, 'good'))),
        )
      }
      await world.payments.settled()
    }
    await burst(1_000, declined)
    const before = heap()
    const began = performance.now()
    await burst(WEBHOOKS - PURCHASES, declined)
    const grown = (heap() - before) / 1_048_576
    await burst(PURCHASES, (id) => paid(id, totals.get(id) ?? 0))
    const seconds = (performance.now() - began) / 1_000
    const [row] = await world.database.query<{ readonly done: number }>(
      "SELECT count(*) AS done FROM payment_event WHERE state = 'done'",
    )
    const granted = world.issuer.journal.filter(({ id }) => id.startsWith('grant:purchase:'))
    await world.close()
    const lost = WEBHOOKS + 1_000 - Number(row?.done)
    return [
      ...arrival,
      limit(`webhooks lost of ${WEBHOOKS} in a burst`, lost, 'webhooks', 0),
      limit('paid purchases not granted', PURCHASES - granted.length, 'purchases', 0),
      limit('heap grown by the burst', grown, 'MB', 8),
      limit('a webhook received and worked on', (seconds * 1_000) / WEBHOOKS, 'ms', 5),
    ]
  },
}

function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}
