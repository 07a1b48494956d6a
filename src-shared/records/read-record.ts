/** Reads content from outside as a record, or refuses it. */

import { z } from 'zod'
import { MAX_AMOUNT } from '../credits/amount.ts'
import type { Json } from './json-tokens.ts'
import { movesOfNewer } from './moves.ts'
import type { DeviceRecord, RecordBody } from './record.ts'

const moment = z.int().nonnegative()
const amount = z.int().nonnegative().max(MAX_AMOUNT)
const name = z.string().max(1_000)
const id = z.string().min(1).max(200)
/** One of a list that a newer version may lengthen. */
const word = z.string().min(1).max(100)

const draws = z.array(z.looseObject({ grantId: id, amount: amount.min(1) })).max(1_000)
const units = z.record(word, z.int().nonnegative())

const quote = z.looseObject({
  operation: id,
  operationName: name,
  catalogVersion: id,
  expected: amount,
  maximum: amount,
  expectedUnits: units,
  maximumUnits: units,
})

const operation = z.looseObject({
  operationId: id,
  studio: word,
  providerId: name,
  providerName: name,
  modelId: name,
  modelName: name,
  subject: name,
  deviceId: id,
  memberId: id.exactOptional(),
  quote,
})

const line = z.looseObject({
  unit: word,
  units: z.int().nonnegative(),
  price: z.int(),
  per: z.int().positive(),
  surcharge: z.boolean(),
})

const ending = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('settle'),
    operationId: id,
    outcome: word,
    units,
    usageSource: word,
    charge: z.looseObject({ amount, lines: z.array(line).max(1_000), decidedBy: word }),
  }),
  z.looseObject({
    kind: z.literal('void'),
    operationId: id,
    outcome: word,
    reason: name.nullable(),
  }),
])

const label = z.looseObject({
  operationId: id,
  field: word,
  value: name,
  editedAt: moment,
})

const KNOWN: Readonly<Record<Exclude<RecordBody['type'], 'newer'>, z.ZodType>> = {
  usage: z.looseObject({
    type: z.literal('usage'),
    startedAt: moment,
    operation,
    ending,
    draws,
    expired: draws,
  }),
  return: z.looseObject({ type: z.literal('return'), draws }),
  expire: z.looseObject({ type: z.literal('expire'), draws }),
  label: z.looseObject({ type: z.literal('label'), labels: z.array(label).max(1_000) }),
}

const envelope = z.strictObject({ at: moment, body: z.looseObject({ type: word }) })

/**
 * The record of device `deviceId` at `sequence` with this content; null if the content is invalid.
 * Fields unknown to this version are kept; an unknown type becomes `newer`.
 */
export function readRecord(deviceId: string, sequence: number, content: Json): DeviceRecord | null {
  const read = envelope.safeParse(content)
  if (!read.success) return null
  const { at, body } = read.data
  // A reader's own word: as a type on the wire it would have two spellings.
  if (body.type === 'newer') return null
  if (!Object.hasOwn(KNOWN, body.type)) {
    if (!movesOfNewer(body)) return null
    return { deviceId, sequence, at, body: { type: 'newer', content: body } }
  }
  const known = KNOWN[body.type as keyof typeof KNOWN]
  if (!known.safeParse(body).success) return null
  const record = { deviceId, sequence, at, body: body as unknown as RecordBody }
  return addsUp(record.body) ? record : null
}

/** The body of content that was validated when it was written. */
export function bodyOfContent(body: RecordBody): RecordBody {
  if (Object.hasOwn(KNOWN, body.type)) return body
  return { type: 'newer', content: body as unknown as Readonly<Record<string, unknown>> }
}

/** A run's draws are what it was charged, of the operation that it says. */
function addsUp(body: RecordBody): boolean {
  if (body.type !== 'usage') return true
  const { operation, ending, draws } = body
  const charged = ending.kind === 'settle' ? ending.charge.amount : 0
  const paid = draws.reduce((sum, draw) => sum + draw.amount, 0)
  return paid === charged && ending.operationId === operation.operationId
}
