/** What a member sends with a contested charge, held against what the server knows by itself. */

import { z } from 'zod'
import { endEntryId } from '#shared/journal/entries.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type ReportDraft, reportText } from '#shared/team/buying.ts'
import type { ChargeFacts } from '../payments/reports.ts'
import type { Query } from '../store/database.ts'
import { isSignedBy } from '../teams/hashes.ts'
import type { Identity } from '../teams/identity.ts'
import { findDevice } from '../teams/rows.ts'

const posting = z.object({ grantId: z.string(), bucket: z.string(), amount: z.int() })
const recordSchema = z.object({
  accountId: z.string(),
  deviceId: z.string(),
  entries: z.array(z.object({ id: z.string(), postings: z.array(posting).max(10_000) })).max(10),
})

/**
 * Whether the machine that asks signed the record, and the record says what was charged. Fails with
 * `report_not_genuine`.
 */
export async function checkEvidence(
  query: Query,
  { accountId, deviceId }: Identity,
  { record, signature, publicKey, operationId }: ReportDraft,
  { charged }: ChargeFacts,
): Promise<Result<null>> {
  const device = await findDevice(query, accountId, deviceId)
  if (device?.public_key !== publicKey || signature === null) return notGenuine()
  if (!isSignedBy(publicKey, reportText(record), signature)) return notGenuine()
  const told = readRecord(record)
  if (told?.accountId !== accountId || told.deviceId !== deviceId) return notGenuine()
  const ending = told.entries.find(({ id }) => id === endEntryId(operationId))
  const spent = ending?.postings.filter(({ bucket, amount }) => bucket === 'spent' && amount > 0)
  const sum = spent?.reduce((total, { amount }) => total + amount, 0)
  return sum === charged ? success(null) : notGenuine()
}

function readRecord(text: string) {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

const notGenuine = () =>
  failure(
    'report_not_genuine',
    'What was sent along is not what this machine told its server of the run.',
  )
