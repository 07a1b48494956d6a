import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { endEntryId } from '#shared/journal/entries.ts'
import { type ReportDraft, reportText } from '#shared/team/buying.ts'
import { checkEvidence } from '../../../src-server/sales/evidence.ts'
import type { Query } from '../../../src-server/store/database.ts'
import type { Identity } from '../../../src-server/teams/identity.ts'

const OPERATION = '00000000-0000-4000-8000-000000000001'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const { x: KEY = '' } = publicKey.export({ format: 'jwk' })

const identity: Identity = {
  accountId: 'acc',
  memberId: 'grace',
  deviceId: 'laptop',
  role: 'member',
  standing: 'active',
}
const facts = { paid: [], refunded: millicredits(0), charged: millicredits(7), modelName: 'm' }
const query = (async () => [{ public_key: KEY }]) as unknown as Query

const record = (patch: object = {}, spent = 7) =>
  JSON.stringify({
    ...{ accountId: 'acc', deviceId: 'laptop' },
    entries: [
      {
        id: endEntryId(OPERATION),
        postings: [
          { grantId: 'g', bucket: 'held', amount: -spent },
          { grantId: 'g', bucket: 'spent', amount: spent },
        ],
      },
    ],
    ...patch,
  })

const draft = (text: string, patch: Partial<ReportDraft> = {}): ReportDraft => ({
  ...{ reportId: OPERATION, operationId: OPERATION, message: 'x', log: '', prompt: null },
  record: text,
  signature: sign(null, Buffer.from(reportText(text)), privateKey).toString('base64url'),
  publicKey: KEY,
  ...patch,
})

const judged = (sent: ReportDraft) => checkEvidence(query, identity, sent, facts)

describe('what is sent with a contested charge', () => {
  it('is taken where the machine signed it and it says what was charged', async () => {
    expect(await judged(draft(record()))).toMatchObject({ ok: true })
  })

  it.each([
    ['of another charge', draft(record({}, 8))],
    ['of another account', draft(record({ accountId: 'other' }))],
    ['of another machine', draft(record({ deviceId: 'other' }))],
    ['of no end of the run', draft(record({ entries: [] }))],
    ['that is no record', draft('{}')],
    ['that is no JSON', draft('{')],
    ['that nobody signed', draft(record(), { signature: null })],
    ['signed over something else', draft(record(), { signature: draft('{}').signature })],
    ['of a key that is not the machine’s', draft(record(), { publicKey: 'A'.repeat(43) })],
  ])('is refused: a record %s', async (_what, sent) => {
    expect(await judged(sent)).toMatchObject({ error: { code: 'report_not_genuine' } })
  })
})
