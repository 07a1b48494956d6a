/** Charges as machines told of them: what the server's own records say, whoever asks. */

import { addCredits, type Credits, ZERO } from '#shared/credits/amount.ts'
import { sumDraws } from '#shared/journal/entries.ts'
import { decodeRecords, isContinued } from '#shared/records/batch.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { decodeTailItem } from '#shared/records/sealed.ts'
import { stretchOf, stretchStart } from '#shared/records/stretches.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Authority } from '../authority/authority.ts'
import type { ChargeFacts, FindCharge } from '../payments/reports.ts'
import type { Database, Query } from '../store/database.ts'
import { sealedStretch } from '../sync/records.ts'
import { readSegment } from '../sync/segments.ts'

export interface ChargesDeps {
  readonly database: Pick<Database, 'query'>
  readonly authority: Pick<Authority, 'entriesAfter'>
}

interface Stream {
  readonly stream: string
  readonly device_id: string
  readonly sequence: number
}

const PAGE = 500

/** Finds what a run was charged; `operation_unknown` where no machine has told of it. */
export function createFindCharge({ database, authority }: ChargesDeps): FindCharge {
  const { query } = database
  return async (accountId, operationId): Promise<Result<ChargeFacts>> => {
    const body = await findUsage(query, accountId, operationId)
    if (!body) return operationUnknown(operationId)
    const { draws, operation } = body
    const refunded = await refundedOf(authority, query, accountId, operationId)
    return success({
      paid: draws,
      refunded,
      charged: sumDraws(draws),
      modelName: operation.modelName,
    })
  }
}

type Usage = Extract<DeviceRecord['body'], { type: 'usage' }>

/** Newest first, as what is contested has just happened. */
async function findUsage(
  query: Query,
  accountId: string,
  operationId: string,
): Promise<Usage | null> {
  const streams = await query<Stream>(
    'SELECT stream, device_id, sequence FROM record_stream WHERE account_id = ? ORDER BY stream',
    accountId,
  )
  for (const stream of streams) {
    for (let stretch = stretchOf(stream.sequence); stretch >= 1; stretch--) {
      const records = await recordsOf(query, accountId, stream, stretch)
      for (const { body } of records) {
        if (body.type === 'usage' && body.operation.operationId === operationId) return body
      }
    }
  }
  return null
}

async function recordsOf(
  query: Query,
  accountId: string,
  { stream, device_id: deviceId }: Stream,
  stretch: number,
): Promise<readonly DeviceRecord[]> {
  const sealed = await sealedStretch(query, accountId, stream, stretch)
  const bytes = sealed && (await readSegment(query, accountId, sealed.name))
  if (bytes) return read(decodeRecords(bytes, deviceId, stretchStart(stretch)))
  const rows = await query<{ bytes: Uint8Array }>(
    `SELECT bytes FROM record_item WHERE account_id = ? AND stream = ? AND stretch = ?
     ORDER BY position`,
    accountId,
    stream,
    stretch,
  )
  const records: DeviceRecord[] = []
  for (const row of rows) {
    const item = read(decodeTailItem(stretch, row.bytes))
    const before = isContinued(item.batch) ? (records.at(-1) ?? null) : null
    records.push(...read(decodeRecords(item.batch, deviceId, item.from, before)))
  }
  return records
}

/** What was taken in was readable then. */
function read<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`Kept records cannot be read: ${result.error.message}`)
  return result.data
}

/** What earlier refunds of an operation came to. */
async function refundedOf(
  authority: ChargesDeps['authority'],
  query: Query,
  accountId: string,
  operationId: string,
): Promise<Credits> {
  let sum = ZERO
  for (let position = 0; ; position += PAGE) {
    const entries = await authority.entriesAfter(query, accountId, position, PAGE)
    for (const { facts } of entries) {
      if (facts.kind === 'refund' && facts.operationId === operationId) {
        sum = addCredits(sum, facts.amount)
      }
    }
    if (entries.length < PAGE) return sum
  }
}

function operationUnknown(operationId: string) {
  return failure(
    'operation_unknown',
    `No machine of the account has told of the run ${operationId}.`,
    { operationId },
  )
}
