/** The totals of a stretch's runs, so that totals need no sealed history. */

import { addCredits, type Credits, millicredits, ZERO } from '../credits/amount.ts'
import { failure, type Result, success } from '../result.ts'
import { sumDraws } from '../journal/entries.ts'
import { decodeValue, encodeValue } from './batch.ts'
import type { Json } from './json-tokens.ts'
import { movesOf } from './moves.ts'
import type { DeviceRecord } from './record.ts'

export interface RollupRow {
  /** Of the runs' start, days since the epoch, UTC. */
  readonly day: number
  readonly operation: string
  readonly operationName: string
  readonly modelId: string
  readonly modelName: string
  readonly subject: string
  /** Empty where no member is known. */
  readonly memberId: string
  readonly runs: number
  readonly credits: Credits
}

const DAY_MS = 86_400_000
const TEXTS = [
  'operation',
  'operationName',
  'modelId',
  'modelName',
  'subject',
  'memberId',
] as const satisfies readonly (keyof RollupRow)[]

/** The rows of records, in the order in which each first comes. */
export function rollUp(records: Iterable<DeviceRecord>): readonly RollupRow[] {
  const rows = new Map<string, RollupRow>()
  for (const record of records) {
    const one = rowOfRecord(record)
    if (!one) continue
    const { runs: _, credits: charged, ...texts } = one
    const key = JSON.stringify(texts)
    const known = rows.get(key) ?? { ...texts, runs: 0, credits: ZERO }
    const credits = addCredits(known.credits, charged)
    rows.set(key, { ...known, runs: known.runs + 1, credits })
  }
  return [...rows.values()]
}

/** What only a newer version knows is counted by itself, under the operation `NEWER`. */
export const NEWER = '~newer'
const NEWER_ROW = {
  ...{ operation: NEWER, operationName: 'Newer version', modelId: '', modelName: '' },
  ...{ subject: '', memberId: '' },
}

function rowOfRecord({ at, body }: DeviceRecord): RollupRow | null {
  if (body.type === 'newer') {
    const credits = sumDraws(movesOf(body).spent)
    return { day: Math.floor(at / DAY_MS), ...NEWER_ROW, runs: 1, credits }
  }
  if (body.type !== 'usage') return null
  const { operation, ending, startedAt } = body
  const { quote, modelId, modelName, subject, memberId = '' } = operation
  const { operation: kind, operationName } = quote
  const texts = { operation: kind, operationName, modelId, modelName, subject, memberId }
  const credits = ending.kind === 'settle' ? ending.charge.amount : ZERO
  return { day: Math.floor(startedAt / DAY_MS), ...texts, runs: 1, credits }
}

export function encodeRollup(rows: readonly RollupRow[]): Uint8Array {
  return encodeValue(
    rows.map((row) => [row.day, ...TEXTS.map((text) => row[text]), row.runs, row.credits]),
  )
}

/** Reads a rollup, or fails with `record_invalid`. */
export function decodeRollup(bytes: Uint8Array): Result<readonly RollupRow[]> {
  const value = decodeValue(bytes)
  if (!value.ok) return value
  const rows = Array.isArray(value.data) ? (value.data as readonly Json[]).map(rowOf) : [null]
  if (rows.includes(null)) {
    return failure('record_invalid', 'Usage records cannot be read: no rollup')
  }
  return success(rows as readonly RollupRow[])
}

function rowOf(value: Json): RollupRow | null {
  if (!Array.isArray(value) || value.length !== TEXTS.length + 3) return null
  const [day, operation, operationName, modelId, modelName, subject, memberId, runs, credits] =
    value as readonly Json[]
  const texts = [operation, operationName, modelId, modelName, subject, memberId]
  if (!texts.every((text) => typeof text === 'string')) return null
  if (![day, runs, credits].every(isCount)) return null
  return {
    day: day as number,
    operation: operation as string,
    operationName: operationName as string,
    modelId: modelId as string,
    modelName: modelName as string,
    subject: subject as string,
    memberId: memberId as string,
    runs: runs as number,
    credits: millicredits(credits as number),
  }
}

const isCount = (value: Json | undefined) => Number.isSafeInteger(value) && (value as number) >= 0
