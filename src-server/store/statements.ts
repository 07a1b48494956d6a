/** What both engines do to a statement before it runs. */

import type { Query, SqlValue } from './database.ts'

/** Throws on what the engines would not store alike. */
export function assertStorable(values: readonly SqlValue[]): void {
  for (const value of values) {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError(`Not a safe integer: ${value}`)
    }
    if (typeof value === 'string' && value.includes('\0')) {
      throw new RangeError('Text in the store cannot hold a NUL character')
    }
  }
}

/** `?` as `$1`, `$2` …, except within quotes. */
export function numberParameters(sql: string): string {
  let count = 0
  return sql.replaceAll(/'[^']*'|"[^"]*"|\?/g, (part) => (part === '?' ? `$${++count}` : part))
}

const MOST_PUBLISHED = 4_000

export interface Notice {
  readonly channel: string
  readonly payload: string
}

/** What is left to do once a transaction has committed. */
export interface Aftermath {
  readonly notices: Notice[]
  readonly afterwards: (() => void)[]
}

export function assertPublishable({ channel, payload }: Notice): void {
  if (channel.length + payload.length > MOST_PUBLISHED) {
    throw new RangeError(`Too much to publish on ${channel}: ${payload.length} characters`)
  }
}

/** Rows per INSERT: few different statements, so that each stays prepared. */
const BATCHES = [64, 16, 4, 1]

/** Inserts rows, many per statement. `table` and `columns` are ours, never input. */
export async function insertRows(
  query: Query,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  const row = `(${columns.map(() => '?').join(', ')})`
  let done = 0
  for (const size of BATCHES) {
    while (rows.length - done >= size) {
      const list = Array<string>(size).fill(row).join(', ')
      const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${list}`
      await query(sql, ...rows.slice(done, done + size).flat())
      done += size
    }
  }
}
