/** Somebody who buys in an app that stands alone, over real HTTP. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckoutView, PurchaseState, PurchaseView } from '#shared/host/purchase.ts'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from './host-world.ts'
import { unwrap } from './ledger.ts'

/** Millicredits. */
export const CREDIT = 1_000

export const pack = (offerId = 'pack-500', quantity = 1, promoCode: string | null = null) =>
  ({ kind: 'offer', offerId, quantity, promoCode }) as const

export interface Buyer {
  readonly world: HostWorld
  readonly directory: string
  /** What was opened in the browser. */
  readonly opened: readonly string[]
  begin(offerId?: string, quantity?: number): Promise<CheckoutView>
  until(purchaseId: string, state: PurchaseState): Promise<PurchaseView>
  /** A chat of its own. */
  write(text?: string): ReturnType<HostWorld['run']>
  /** In credits. */
  available(): Promise<number>
  restart(whileClosed?: () => void): Promise<void>
  close(): Promise<void>
}

/** On a plan that may buy. */
export async function openBuyer(): Promise<Buyer> {
  const directory = mkdtempSync(join(tmpdir(), 'tallystick-purchase-'))
  const opened: string[] = []
  const open = async () =>
    unwrap(
      await openHostWorld(directory, {
        catalogFile: DEFAULT_CATALOG,
        openExternal: async (url) => opened.push(url) > 0,
      }),
    )
  let world = await open()
  await world.ask('plan.change', { planId: 'creator', seats: 1 })
  return {
    directory,
    opened,
    get world() {
      return world
    },
    async begin(offerId, quantity) {
      const order = pack(offerId, quantity)
      const { price } = await world.ask('purchase.quote', { order })
      const purchaseId = crypto.randomUUID()
      return world.ask('purchase.start', { purchaseId, order, acceptedPrice: price })
    },
    async until(purchaseId, state) {
      for (let tries = 0; tries < 200; tries++) {
        const purchase = await world.ask('purchase.read', { purchaseId })
        if (purchase.state === state) return purchase
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`It never became ${state}`)
    },
    async write(text = 'A haiku') {
      const threadId = crypto.randomUUID()
      await world.ask('threads.create', { threadId })
      return world.run(chat(threadId, { text }))
    },
    available: async () => (await world.ask('balance.read', {})).available / CREDIT,
    async restart(whileClosed = () => undefined) {
      await world.host.close()
      try {
        whileClosed()
      } finally {
        world = await open()
      }
    },
    async close() {
      await world.host.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
