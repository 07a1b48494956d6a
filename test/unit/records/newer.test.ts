/** Records of types that only a newer version of the app knows. */

import { describe, expect, it } from 'vitest'
import { movesOf } from '#shared/records/moves.ts'
import type { Json } from '#shared/records/json-tokens.ts'
import { readRecord } from '#shared/records/read-record.ts'
import { reportedRecord } from '#shared/records/reported.ts'
import { NEWER, rollUp } from '#shared/records/rollup.ts'

const read = (body: Json) => readRecord('device', 7, { at: 86_400_000, body })
const draw = (grantId: string, amount: number) => ({ grantId, amount })

describe('a record of a type that is not known', () => {
  const spending = {
    type: 'performance',
    stage: { lights: [1, 2] },
    moves: { spent: [draw('plan', 30), draw('pack', 5)], expired: [draw('plan', 2)] },
  }

  it('is kept as it came', () => {
    expect(read(spending)?.body).toEqual({ type: 'newer', content: spending })
  })

  it('counts for what it says it moved', () => {
    const record = read(spending)
    if (!record) throw new Error('It was refused')
    expect(reportedRecord(record)).toEqual({
      sequence: 7,
      at: 86_400_000,
      spent: spending.moves.spent,
      returned: [],
      expired: spending.moves.expired,
    })
  })

  it('moves nothing where it says nothing', () => {
    const record = read({ type: 'applause', loud: true })
    if (!record) throw new Error('It was refused')
    expect(movesOf(record.body)).toEqual({ spent: [], returned: [], expired: [] })
  })

  it('is counted by itself, with its credits', () => {
    const records = [read(spending), read({ type: 'applause' })].filter((one) => one !== null)
    expect(rollUp(records)).toEqual([
      expect.objectContaining({ operation: NEWER, day: 1, runs: 2, credits: 35 }),
    ])
  })

  it.each([
    ['negative amounts', { spent: [draw('plan', -1)] }],
    ['amounts of nothing', { returned: [draw('plan', 0)] }],
    ['parts of a millicredit', { expired: [draw('plan', 0.5)] }],
    ['more than there can be', { spent: [draw('plan', 1e15)] }],
    ['a way to move that is not known', { borrowed: [draw('plan', 1)] }],
    ['words', 'everything'],
  ])('is refused with %s', (_, moves) => {
    expect(read({ type: 'performance', moves })).toBeNull()
  })
})
