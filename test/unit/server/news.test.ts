import { expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { readNews, tellRecall } from '../../../src-server/sync/news.ts'
import { assertPublishable } from '../../../src-server/store/statements.ts'

const amount = millicredits(9_007_199_254_740)

it.each([0, 1, 40, 1_000])(
  'a recall of %i grants is told whole, in pieces that a store carries',
  (count) => {
    const others = Array.from({ length: count }, (_, at) => ({
      grantId: `${at}-`.padEnd(200, '"'),
      amount,
    }))
    const told: string[] = []
    const publish = (channel: string, payload: string) => {
      assertPublishable({ channel, payload })
      told.push(payload)
    }
    tellRecall({ publish }, 'a'.repeat(36), { deviceId: 'device', keep: amount, others })
    const pages = told.map((payload) => readNews(payload))
    const heard = pages.flatMap((page) => (page?.about === 'recall' ? page.others : []))
    expect(heard).toEqual(others)
    expect(pages[0]).toMatchObject({ about: 'recall', deviceId: 'device', keep: amount })
  },
)
