/** Teams that buy of a server, as their machines do. */

import { randomUUID } from 'node:crypto'
import type { PurchaseState } from '#shared/purchase/purchase.ts'
import { createTeam, type TestMachine } from './server-machines.ts'

/** Millicredits. */
export const CREDIT = 1_000

/** 500 credits for $20. */
export const pack = (promoCode: string | null = null) =>
  ({ kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode }) as const

/** A team whose plan may buy. */
export async function buyingTeam(
  { address }: { readonly address: string },
  name = 'Ada',
): Promise<TestMachine> {
  const owner = await createTeam(address, name)
  await owner.must('plan.change', { changeId: randomUUID(), planId: 'creator', seats: 1 })
  return owner
}

export async function begin(machine: TestMachine, purchaseId = randomUUID()) {
  const { price } = await machine.must('purchase.quote', { order: pack() })
  return machine.must('purchase.start', { purchaseId, order: pack(), acceptedPrice: price })
}

export async function until(machine: TestMachine, purchaseId: string, state: PurchaseState) {
  for (let tries = 0; tries < 300; tries++) {
    const purchase = await machine.must('purchase.read', { purchaseId })
    if (purchase.state === state) return purchase
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It never became ${state}`)
}

/** What the team has in all, here and on its machines, in credits. */
export async function poolOf(machine: TestMachine): Promise<number> {
  const { pool } = await machine.must('team.read', {})
  return (pool.available + pool.leased) / CREDIT
}
