/** Makes PostgreSQL return values as SQLite does. */

import pg from 'pg'

const BOOL = 16
const BYTEA = 17
const INT8 = 20
const NUMERIC = 1700

/** Sums of integers are `numeric` in PostgreSQL. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`Not a safe integer: ${text}`)
  return value
}

type Parser = (text: string) => unknown

const parsers: Readonly<Record<number, Parser>> = {
  [BOOL]: (text) => (text === 't' ? 1 : 0),
  [BYTEA]: (text) => Uint8Array.from(Buffer.from(text.slice('\\x'.length), 'hex')),
  [INT8]: safeInteger,
  [NUMERIC]: safeInteger,
}

export const postgresTypes: pg.CustomTypesConfig = {
  getTypeParser(id, format) {
    return parsers[id] ?? (pg.types.getTypeParser(id, format) as Parser)
  },
}
