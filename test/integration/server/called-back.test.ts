/**
 * Money that goes back at the processor, or is contested there, calls credits back from the machines
 * that have leased them.
 */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { unwrap } from '../../support/ledger.ts'
import { begin, buyingTeam, CREDIT, poolOf, until } from '../../support/selling.ts'
import { invite } from '../../support/server-machines.ts'
import { startStripeServer, type StripeServer } from '../../support/stripe-server.ts'

let server: StripeServer
beforeAll(async () => {
  server = await startStripeServer()
})
afterAll(() => server.close())

/** A team with a pack that one of its machines has leased whole, with all else there is. */
async function leasedWhole(name: string) {
  const owner = await buyingTeam(server, name)
  const other = await invite(server.address, owner, 'member', 'Max')
  const { accountId, deviceId } = owner.enrolment.issuer
  const begun = await poolOf(owner)
  const { id } = await begin(owner)
  await server.tell(server.completed(owner, id))
  await until(owner, id, 'granted')
  const grantId = `purchase:${id}`

  const inAccount = <T>(work: Parameters<typeof server.database.transaction<T>>[0]) =>
    server.database.transaction(async (transaction) => {
      await transaction.lockAccount(accountId)
      return work(transaction)
    })

  const lease = (device: string, needed: number) =>
    inAccount(async (transaction) => {
      const request = { needed: millicredits(needed), operation: null }
      const leased = unwrap(await server.authority.lease(transaction, accountId, device, request))
      return leased.lease?.statement.lines.find((line) => line.grantId === grantId)?.granted
    })
  expect(await lease(deviceId, (begun + 500) * CREDIT)).toBe(500 * CREDIT)

  /** What it tells that it has spent and gives back of the pack, in credits. */
  const report = (sequence: number, told: { spent?: number; returned?: number }) =>
    inAccount(async (transaction) => {
      const draws = (amount = 0) =>
        amount === 0 ? [] : [{ grantId, amount: millicredits(amount * CREDIT) }]
      const [spent, returned] = [draws(told.spent), draws(told.returned)]
      const record = { sequence, at: server.time.now(), spent, returned, expired: [] }
      const head = { sequence, hash: String(sequence).repeat(64) }
      unwrap(await server.authority.report(transaction, accountId, deviceId, [record], head))
    })

  return {
    owner,
    id,
    /** What the other machine is leased of the pack, where it asks for nothing in particular. */
    otherLeases: () => lease(other.enrolment.issuer.deviceId, 0),
    report,
    /** What the team has, besides what it had before it bought. */
    kept: async () => (await poolOf(owner)) - begun,
    /** Whether it is still looked at whenever machines tell something. */
    async waits() {
      const sql = 'SELECT called_back FROM purchase WHERE id = ?'
      const [row] = await server.database.query<{ called_back: number }>(sql, id)
      return row!.called_back === 1
    },
    async looks() {
      server.sales.poolChanged(accountId)
      await server.time.advance(1_000)
    },
  }
}

it('closes what is contested, has it back from machines, and gives all of it again when won', async () => {
  const { owner, id, kept, otherLeases, report, looks } = await leasedWhole('Lin')
  await server.tell(server.dispute(id, 'needs_response'))
  await until(owner, id, 'disputed')
  expect(await kept()).toBe(500)

  // It gives back a part of it, and the dispute is won before the rest is here.
  await report(1, { returned: 200 })
  expect(await kept()).toBe(300)
  expect(await otherLeases()).toBeUndefined()
  await looks()
  await server.tell(server.dispute(id, 'won'))
  await until(owner, id, 'granted')
  await expect.poll(kept).toBe(500)
  await report(2, { returned: 300 })
  expect(await kept()).toBe(200)
  await looks()
  await expect.poll(kept).toBe(500)
})

it('has what is contested in part back from machines too, and only that', async () => {
  const { owner, id, kept, otherLeases, report, looks } = await leasedWhole('Kim')
  await server.tell(server.dispute(id, 'needs_response', 800))
  await until(owner, id, 'disputed')
  expect(await otherLeases()).toBeUndefined()
  await report(1, { returned: 150 })
  await looks()
  await expect.poll(kept).toBe(350)
  // 200 of the 500 are contested: beyond them it is the team's again.
  await report(2, { returned: 250 })
  await looks()
  await expect.poll(kept).toBe(300)
  await report(3, { returned: 100 })
  await looks()
  await expect.poll(kept).toBe(300)
  await server.tell(server.dispute(id, 'won', 800))
  await until(owner, id, 'granted')
  await expect.poll(kept).toBe(500)
})

it('has what went back in part at the processor back from machines, and only that', async () => {
  const { owner, id, kept, otherLeases, report, looks, waits } = await leasedWhole('Ann')
  await server.tell(server.refunded(id, 500))
  await until(owner, id, 'granted')
  await expect.poll(otherLeases).toBeUndefined()
  await report(1, { spent: 300, returned: 50 })
  await looks()
  await expect.poll(kept).toBe(150)
  expect(await waits()).toBe(true)
  // A quarter of the money, 125 credits, went back: 75 of them are still to come.
  await report(2, { returned: 150 })
  await looks()
  await expect.poll(kept).toBe(75)
  await expect.poll(waits).toBe(false)
})

it('takes no more than what machines did not spend: used credits are not paid back', async () => {
  const { id, kept, report, looks } = await leasedWhole('Eva')
  await server.tell(server.refunded(id, 1_500))
  await report(1, { spent: 400, returned: 40 })
  await report(2, { returned: 60 })
  await looks()
  await expect.poll(kept).toBe(0)
})

it('gives nothing again that a refund wants meanwhile, though the dispute is won', async () => {
  const { owner, id, kept, report, looks } = await leasedWhole('Tom')
  await server.tell(server.dispute(id, 'needs_response', 800))
  await until(owner, id, 'disputed')
  await report(1, { returned: 200 })
  await looks()
  await expect.poll(kept).toBe(300)
  // 300 of the 500 are refunded: the 200 that the dispute took are theirs once it is won.
  await server.tell(server.refunded(id, 1_200))
  await server.tell(server.dispute(id, 'won', 800))
  await until(owner, id, 'granted')
  await expect.poll(kept).toBe(300)
  await report(2, { returned: 300 })
  await looks()
  await expect.poll(kept).toBe(200)
})
