import { describe, expect, it } from 'vitest'
import { judgeRecords, type KnownRecords } from '#shared/sync/intake.ts'

/** A server with records a1 … a5. */
const known: KnownRecords = {
  head: { sequence: 5, hash: 'a5' },
  hashAt: (sequence) => (sequence === 0 ? '' : `a${sequence}`),
}

/** Records `from` on, with these hashes, on what the sender says comes before. */
const batch = (from: number, hashes: readonly string[], previous: string | null) => ({
  from,
  to: { sequence: from + hashes.length - 1, hash: hashes.at(-1) ?? '' },
  previous,
  hashes,
  signed: true,
})

describe('records that come in are', () => {
  it('new where they go on from the end', () => {
    expect(judgeRecords(known, batch(6, ['a6', 'a7'], null))).toEqual({ verdict: 'new', from: 6 })
    expect(judgeRecords(known, batch(6, ['a6'], 'a5'))).toEqual({ verdict: 'new', from: 6 })
  })

  it('new from the first that is, where some are known', () => {
    const judged = judgeRecords(known, batch(4, ['a4', 'a5', 'a6'], 'a3'))
    expect(judged).toEqual({ verdict: 'new', from: 6 })
  })

  it('known where all are', () => {
    expect(judgeRecords(known, batch(2, ['a2', 'a3'], 'a1'))).toEqual({ verdict: 'known' })
  })

  it('not taken past a gap', () => {
    const wanted = { verdict: 'wanted', after: known.head }
    expect(judgeRecords(known, batch(7, ['a7'], 'a6'))).toEqual(wanted)
  })

  it('a copy’s where one of them is another than ours', () => {
    const judged = judgeRecords(known, batch(4, ['a4', 'b5', 'b6'], 'a3'))
    expect(judged).toEqual({ verdict: 'fork', at: 5 })
  })

  it('asked for further back where what comes before them is another', () => {
    const judged = judgeRecords(known, batch(6, ['b6'], 'b5'))
    expect(judged).toEqual({ verdict: 'wanted', after: { sequence: 2, hash: 'a2' } })
  })

  it('asked for with what comes before them, where they do not continue ours', () => {
    const other = { ...batch(6, ['x'], null), to: { sequence: 6, hash: 'b6' } }
    expect(judgeRecords(known, other)).toEqual({ verdict: 'wanted', after: known.head })
  })

  it('refused where they do not continue what they say they do', () => {
    const broken = { ...batch(6, ['x'], 'a5'), to: { sequence: 6, hash: 'a6' } }
    expect(judgeRecords(known, broken)).toEqual({ verdict: 'refused', code: 'record_invalid' })
  })

  it('refused where the device’s key did not sign them', () => {
    const unsigned = { ...batch(6, ['a6'], 'a5'), signed: false }
    const refused = { verdict: 'refused', code: 'signature_invalid' }
    expect(judgeRecords(known, unsigned)).toEqual(refused)
  })
})
