import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unwrap } from '../../support/ledger.ts'
import {
  file,
  freshFolder,
  ledgerWith,
  open,
  removeFolder,
  tamper,
} from '../../support/ledger-file.ts'

beforeEach(freshFolder)
afterEach(removeFolder)

describe('a damaged ledger', () => {
  it('is noticed when an entry near the end was changed, and told what is sound', async () => {
    await ledgerWith(5)
    tamper(
      `UPDATE entry SET body = replace(body, '"amount":1000', '"amount":0900') WHERE sequence = 10`,
    )
    const before = readFileSync(file())
    expect(open()).toMatchObject({
      ok: false,
      error: { code: 'ledger_damaged', details: { lastGoodSequence: 9, damagedEntries: 3 } },
    })
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  it('is found by verification when the change lies deep in the past', async () => {
    await ledgerWith(1_100)
    tamper(`UPDATE entry SET at = at + 1 WHERE sequence = 100`)
    const ledger = unwrap(open())
    const { entries, problems } = unwrap(await ledger.history.verify())
    expect(entries).toBe(99)
    expect(problems).toMatchObject([{ sequence: 100 }])
    await ledger.close()
  })

  it.each([
    'operation',
    'usage_day',
    'usage_month',
    'grant_balance',
    'entry_place',
    'snapshot',
    'series',
  ])('is found by verification when table %s no longer follows from the journal', async (table) => {
    await ledgerWith(520)
    const set = {
      operation: 'charged = 1',
      usage_day: 'charged = 1',
      usage_month: 'charged = 1',
      grant_balance: 'expired = 1',
      entry_place: 'sequence = 1',
      snapshot: 'at = 1',
      series: `subject = 'x'`,
    }[table]
    const ledger = unwrap(open())
    const db = new DatabaseSync(file())
    db.exec(`UPDATE ${table} SET ${set ?? ''}`)
    db.close()
    const { problems } = unwrap(await ledger.history.verify())
    expect(problems).toEqual([
      { sequence: null, message: expect.stringContaining(table) as string },
    ])
    await ledger.close()
  })

  it('rebuilds tables that disagree with the journal when it opens', async () => {
    await ledgerWith(5)
    tamper('UPDATE grant_balance SET available = 1')
    const ledger = unwrap(open())
    expect(ledger.buckets()[0]?.available).toBe(9_995_000)
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
    await ledger.close()
  })

  it('never lets an entry be changed or deleted, inside the file too', async () => {
    await ledgerWith(1)
    const db = new DatabaseSync(file())
    expect(() => db.exec('DELETE FROM entry')).toThrow(/never deleted/)
    expect(() => db.exec(`UPDATE entry SET at = 0`)).toThrow(/never change/)
    db.close()
  })
})
