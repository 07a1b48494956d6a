/** A charge that somebody contests, in an app that stands alone. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Buyer, CREDIT, openBuyer } from '../../support/buyer.ts'

let buyer: Buyer
beforeAll(async () => {
  buyer = await openBuyer()
})
afterAll(() => buyer.close())

it('is sent with its signed record, once, and made good by an answer', async () => {
  const { world } = buyer
  const run = await buyer.write('A secret haiku')
  const { operationId } = run
  const charged = run.ending!.charged
  const reportId = crypto.randomUUID()
  const report = { reportId, operationId, message: 'It came out empty.', includePrompt: false }
  expect(await world.ask('charge.report', report)).toMatchObject({ charged, answer: null })
  expect(await world.ask('charge.report', report)).toMatchObject({ id: reportId })
  expect(
    await world.call('charge.report', { ...report, reportId: crypto.randomUUID() }),
  ).toMatchObject({ error: { code: 'already_reported' } })
  const detail = await world.ask('charge.open', { reportId })
  expect(detail.signature).not.toBeNull()
  expect(detail.prompt).toBeNull()
  expect(JSON.stringify(detail)).not.toContain('secret haiku')
  const before = await buyer.available()
  expect(
    await world.call('charge.answer', { reportId, refund: charged + 1, message: 'Too much' }),
  ).toMatchObject({ error: { code: 'refund_too_large' } })
  await world.ask('charge.answer', { reportId, refund: charged, message: 'Our mistake.' })
  expect(await buyer.available()).toBe(before + charged / CREDIT)
  expect(
    await world.call('charge.answer', { reportId, refund: charged, message: 'Again' }),
  ).toMatchObject({ error: { code: 'report_answered' } })
})

it('takes the prompt along only where it is ticked', async () => {
  const { operationId } = await buyer.write('A secret haiku')
  const reportId = crypto.randomUUID()
  const report = { reportId, operationId, message: 'See', includePrompt: true }
  await buyer.world.ask('charge.report', report)
  const { prompt } = await buyer.world.ask('charge.open', { reportId })
  expect(prompt).toBe('A secret haiku')
})
