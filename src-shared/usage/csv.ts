/** The usage history as CSV (RFC 4180), safe to open in a spreadsheet. */

import { type Credits, creditsToDecimal } from '../credits/amount.ts'
import type { Units } from '../credits/units.ts'
import type { UsageRow } from './views.ts'

/** Text that a spreadsheet would run as a formula. */
export const FORMULA = /^[=+\-@\t\r]/

type Cell = string | null

/** What the journal says about a run beyond its row. */
export interface RunDetails {
  /** Those delivered; null where they are not known. */
  readonly units: Units | null
  /** The ids of who ran it and on which machine; empty for nobody. */
  readonly member: string
  readonly device: string
}

const credits = (amount: Credits | null) => (amount === null ? null : creditsToDecimal(amount))
const time = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** `inputTokens 812; outputTokens 377`; nothing where no units are known. */
function unitsText(units: Units | null): Cell {
  const counts = Object.entries(units ?? {}).map(([unit, count]) => `${unit} ${count}`)
  return counts.length === 0 ? null : counts.join('; ')
}

const COLUMNS: readonly (readonly [string, (row: UsageRow, details: RunDetails) => Cell])[] = [
  ['Started', ({ at }) => time(at)],
  ['Ended', ({ endedAt }) => time(endedAt)],
  ['Studio', ({ studio }) => studio],
  ['Operation', ({ operation }) => operation],
  ['Operation name', ({ operationName }) => operationName],
  ['Provider', ({ providerName }) => providerName],
  ['Model', ({ modelId }) => modelId],
  ['Model name', ({ modelName }) => modelName],
  ['Subject', ({ subject }) => subject],
  ['Note', ({ note }) => (note === '' ? null : note)],
  ['Expected credits', ({ quoteExpected }) => credits(quoteExpected)],
  ['Maximum credits', ({ quoteMaximum }) => credits(quoteMaximum)],
  ['Held credits', ({ held }) => credits(held)],
  ['Charged credits', ({ charged }) => credits(charged)],
  ['Status', ({ status }) => status],
  ['Outcome', ({ outcome }) => outcome],
  ['Usage counted by', ({ usageSource }) => usageSource],
  ['Units', (_row, { units }) => unitsText(units)],
  ['Member id', (_row, { member }) => member || null],
  ['Machine id', (_row, { device }) => device || null],
  ['Operation id', ({ operationId }) => operationId],
  ['Journal entry', ({ sequence }) => String(sequence)],
]

export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name)

export const CSV_HEADER = csvLine(CSV_COLUMNS)

const UNKNOWN: RunDetails = { units: null, member: '', device: '' }

/** One line. */
export function csvRow(row: UsageRow, details = UNKNOWN): string {
  return csvLine(COLUMNS.map(([, cellOf]) => cellOf(row, details)))
}

/** A line with its end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** One cell: text that could be a formula is led by an apostrophe, quotes are doubled. */
export function csvCell(cell: Cell): string {
  if (cell === null) return ''
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
