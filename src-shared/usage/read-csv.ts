/**
 * Reads usage back from the CSV the app exports (usage/csv.ts). Only that format: the same columns
 * in the same order, quoted by RFC 4180. Anything else is refused with its line.
 */

import { type Credits, parseCredits } from '../credits/amount.ts'
import { type Units, unitsSchema } from '../credits/units.ts'
import { failure, type Result, success } from '../result.ts'
import type { UsageRecord } from '../simulation/usage.ts'
import { CSV_COLUMNS, FORMULA } from './csv.ts'

export interface CsvProblem {
  /** Line of the file on which the row begins; the first is 1. */
  readonly line: number
  readonly message: string
}

/** The most problems reported; the first ones explain the rest. */
const MOST_PROBLEMS = 20

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * The settled runs of an export, oldest first; runs still in progress or void are skipped. Fails
 * with `csv_unreadable`, whose details list the problems with their lines.
 */
export function readUsageCsv(text: string): Result<readonly UsageRecord[]> {
  const records: UsageRecord[] = []
  const problems: CsvProblem[] = []
  const rows = splitRows(text.startsWith('\ufeff') ? text.slice(1) : text, problems)
  const header = rows.next()
  if (header.done || !isHeader(header.value.cells)) {
    return unreadable([{ line: 1, message: 'The columns are not those that this app exports.' }])
  }
  for (const row of rows) {
    const record = readRow(row)
    if (typeof record === 'string') problems.push({ line: row.line, message: record })
    else if (record) records.push(record)
    if (problems.length >= MOST_PROBLEMS) break
  }
  if (problems.length > 0) return unreadable(problems)
  return success(records.sort((left, right) => left.at - right.at))
}

function unreadable(problems: readonly CsvProblem[]) {
  const [first] = problems
  return failure(
    'csv_unreadable',
    `The file cannot be used: line ${first?.line}: ${first?.message ?? ''}`,
    { problems },
  )
}

const isHeader = (cells: readonly string[]) =>
  cells.length === CSV_COLUMNS.length && cells.every((cell, at) => cell === CSV_COLUMNS[at])

/** Rows with the line each begins on. A quote that never ends is a problem of its row. */
function* splitRows(text: string, problems: CsvProblem[]): Generator<Row, undefined> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const begun = line
    const cells: string[] = []
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at)
      if (!cell) {
        problems.push({ line: begun, message: 'A quoted cell is not closed.' })
        return undefined
      }
      cells.push(cell.text)
      line += cell.text.split('\n').length - 1
      at = cell.end
      if (text[at] !== ',') break
      at++
    }
    if (text[at] === '\r') at++
    if (at < text.length && text[at] !== '\n') {
      problems.push({ line: begun, message: 'A quote stands where none may be.' })
      return undefined
    }
    at++
    line++
    yield { line: begun, cells }
  }
  return undefined
}

interface Cell {
  readonly text: string
  /** Place after it. */
  readonly end: number
}

const CELL_END = /[,\r\n]/g

function plainCell(text: string, from: number): Cell {
  CELL_END.lastIndex = from
  const end = CELL_END.exec(text)?.index ?? text.length
  return { text: text.slice(from, end), end }
}

/** Null when it is not closed. */
function quotedCell(text: string, from: number): Cell | null {
  let end = text.indexOf('"', from + 1)
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  if (end < 0) return null
  return { text: text.slice(from + 1, end).replaceAll('""', '"'), end: end + 1 }
}

const column = (name: string) => CSV_COLUMNS.indexOf(name)
const STARTED = column('Started')
const OPERATION = column('Operation')
const CHARGED = column('Charged credits')
const STATUS = column('Status')
const UNITS = column('Units')
const SUBJECT = column('Subject')
const MEMBER = column('Member id')
const MACHINE = column('Machine id')

/** A record, null for a row that is none, or what is wrong with it. */
function readRow({ cells }: Row): UsageRecord | string | null {
  if (cells.length !== CSV_COLUMNS.length) {
    return `There are ${cells.length} cells where ${CSV_COLUMNS.length} belong.`
  }
  const cell = (at: number) => cells[at] ?? ''
  const status = cell(STATUS)
  if (status === 'running' || status === 'voided') return null
  if (status !== 'settled') return `"${status}" is no status.`
  const at = Date.parse(cell(STARTED))
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(cell(STARTED)) || Number.isNaN(at)) {
    return `"${cell(STARTED)}" is no time as this app writes it.`
  }
  const operation = cell(OPERATION)
  if (operation === '') return 'The operation is missing.'
  const charged: Credits | null = parseCredits(cell(CHARGED))
  if (charged === null || charged < 0) return `"${cell(CHARGED)}" is no number of credits.`
  const units = readUnits(cell(UNITS))
  if (units === undefined) return `"${cell(UNITS)}" are no units.`
  const scope = { member: cell(MEMBER), device: cell(MACHINE), subject: textOf(cell(SUBJECT)) }
  return { at, operation, charged, units, scope }
}

/** Text without the apostrophe that keeps a spreadsheet from running it. */
const textOf = (cell: string) => (FORMULA.test(cell.slice(1)) ? cell.replace(/^'/, '') : cell)

/** Null where none are given; undefined where they cannot be read. */
function readUnits(text: string): Units | null | undefined {
  if (text === '') return null
  const parts = text.split('; ').map((part) => /^([a-zA-Z]+) (\d{1,10})$/.exec(part))
  if (parts.includes(null)) return undefined
  const counts = parts.map((part) => [part?.[1] ?? '', Number(part?.[2])] as const)
  const read = unitsSchema.safeParse(Object.fromEntries(counts))
  return read.success ? read.data : undefined
}
