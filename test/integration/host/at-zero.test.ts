/** At zero, through the whole host: runs go on by themselves, within one event of what brings credits. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from '../../support/host-world.ts'
import { temporaryFolder, type TemporaryFolder, unwrap } from '../../support/ledger.ts'
import { CARDS, typeCard } from '../../support/sandbox-browser.ts'

let folder: TemporaryFolder
let world: HostWorld

beforeEach(async () => {
  folder = temporaryFolder()
  const base = JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as { plans: { id: string }[] }
  const small = { allowance: '3', packs: true, atZero: { kind: 'pause' } }
  const plans = base.plans.map((plan) => (plan.id === 'free' ? { ...plan, ...small } : plan))
  const catalogFile = join(folder.path, 'small.json')
  writeFileSync(catalogFile, JSON.stringify({ ...base, plans }))
  world = unwrap(await openHostWorld(folder.path, { catalogFile, openExternal: async () => true }))
})
afterEach(async () => {
  await world.host.close()
  folder.remove()
})

async function start(threadId: string) {
  const request = chat(threadId)
  const { promisedMaximum } = await world.ask('quote.read', { request })
  const operationId = crypto.randomUUID()
  return world.call('run.start', { operationId, request, acceptedMaximum: promisedMaximum })
}

/** Runs until there is nothing left for one. */
async function usedUp(): Promise<string> {
  const threadId = crypto.randomUUID()
  await world.ask('threads.create', { threadId })
  for (;;) {
    const started = await start(threadId)
    if (!started.ok) {
      expect(started.error.code).toBe('insufficient_credits')
      return threadId
    }
    const { operationId } = started.data
    while (!(await world.ask('run.attach', { operationId })).ending) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

/** The start that follows the very first balance that is told from now on. */
function nextStart(threadId: string) {
  return new Promise<Awaited<ReturnType<typeof start>>>((resolve) => {
    const stop = world.host.onEvent(({ type }) => {
      if (type !== 'balance') return
      stop()
      resolve(start(threadId))
    })
  })
}

it('an upgrade lets runs go on', async () => {
  const threadId = await usedUp()
  const next = nextStart(threadId)
  await world.ask('plan.change', { planId: 'creator', seats: 1 })
  expect(await next).toMatchObject({ ok: true })
})

it('a top-up lets runs go on', async () => {
  const threadId = await usedUp()
  const order = { kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode: null } as const
  const { price } = await world.ask('purchase.quote', { order })
  const purchaseId = crypto.randomUUID()
  const { purchase } = await world.ask('purchase.start', {
    purchaseId,
    order,
    acceptedPrice: price,
  })
  expect(await start(threadId)).toMatchObject({ error: { code: 'insufficient_credits' } })
  const next = nextStart(threadId)
  await typeCard(purchase.payUrl ?? '', CARDS.good)
  expect(await next).toMatchObject({ ok: true })
})
