import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { credits } from '../../support/credits.ts'
import { prettyRecord, readRecord } from '../../../src-renderer/features/billing/report-record.ts'
import { reportState } from '../../../src-renderer/words/report-words.ts'

const hold = {
  kind: 'hold',
  operation: {
    subject: 'Design',
    quote: { operation: 'chat.fast', expected: credits('12'), maximum: credits('40') },
  },
}
const settle = {
  kind: 'settle',
  outcome: 'completed',
  units: { requests: 1, inputTokens: 20, searches: 0 },
  usageSource: 'provider',
  charge: { amount: credits('14') },
}
const record = (...facts: unknown[]) =>
  JSON.stringify({ entries: facts.map((each) => ({ facts: each })) })

describe('the record of a reported charge', () => {
  it('tells what was promised, charged and counted', () => {
    expect(readRecord(record(hold, settle))).toEqual({
      operation: 'chat.fast',
      subject: 'Design',
      quoted: { expected: credits('12'), maximum: credits('40') },
      charged: credits('14'),
      outcome: 'completed',
      units: [
        ['requests', 1],
        ['inputTokens', 20],
      ],
      byProvider: true,
    })
  })

  it('is only shown as text where it is of another shape', () => {
    for (const other of ['', 'null', '{}', '{"entries":[{}]}', record(hold)]) {
      expect(readRecord(other)).toBeNull()
    }
    expect(prettyRecord('no JSON')).toBe('no JSON')
    expect(prettyRecord('{"a":1}')).toBe('{\n  "a": 1\n}')
  })
})

describe('the state of a report', () => {
  it('is open, refused, or says what was given back', () => {
    const answered = (refund: number) => ({
      at: 0,
      refund: millicredits(refund * 1_000),
      message: 'So be it.',
    })
    expect(reportState(null).word).toBe('Waiting for an answer')
    expect(reportState(answered(0)).word).toBe('Not refunded')
    expect(reportState(answered(14)).word).toBe('14 credits given back')
  })
})
