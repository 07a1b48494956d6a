import { describe, expect, it } from 'vitest'
import { millicredits, ZERO, type Credits } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import type { Affordability, QuoteView } from '#shared/host/views.ts'
import type { Standstill } from '#shared/policy/at-zero.ts'
import type { CapReached } from '#shared/policy/caps.ts'
import type { NotEntitled } from '#shared/policy/entitlements.ts'
import { mayRun, quoteWords } from '../../../src-renderer/features/studio/composer/quote-words.ts'

const rate: OperationRate = {
  id: 'chat.fast',
  name: 'Chat',
  kind: 'text',
  components: [],
  surcharges: [],
  minimum: ZERO,
  increment: millicredits(100),
}

function quote(expected: Credits, maximum: Credits, affordability: Affordability): QuoteView {
  return {
    quote: {
      operation: 'chat.fast',
      operationName: 'Chat',
      catalogVersion: '1',
      expected,
      maximum,
      expectedUnits: {},
      maximumUnits: {},
      rate,
    },
    affordability,
    promisedMaximum: maximum,
    reasons: [],
    recipe: null,
    reuse: null,
    warnings: [],
    trial: null,
  }
}

const credits = (whole: number) => millicredits(whole * 1_000)

const CAP = {
  capId: 'daily',
  name: 'Daily',
  limit: credits(100),
  used: credits(90),
  resetsAt: Date.UTC(2026, 10, 22),
}

describe('the line under a prompt', () => {
  it('says what is expected and what it can be at most', () => {
    const words = quoteWords(quote(credits(12), credits(40), { kind: 'full' }), 'UTC')
    expect(words).toEqual({ text: '~12 credits · at most 40', tone: 'plain', help: null })
  })

  it('says one amount when the price is certain', () => {
    const words = quoteWords(quote(credits(16), credits(16), { kind: 'full' }), 'UTC')
    expect(words.text).toBe('16 credits')
  })

  it('says what of it goes to the creator of a recipe', () => {
    const recipe = { id: 'r', name: 'Haiku', creatorId: 'k', creatorName: 'Ana', own: false }
    const words = (expected: number, maximum: number) => {
      const view = quote(credits(12), credits(expected === maximum ? 12 : 40), { kind: 'full' })
      const premium = { percent: 5, expected: credits(expected), maximum: credits(maximum) }
      return quoteWords({ ...view, recipe, quote: { ...view.quote, premium } }, 'UTC').text
    }
    expect(words(1, 1)).toBe('12 credits · 1 goes to Ana')
    expect(words(1, 2)).toBe('~12 credits · at most 40 · ~1 goes to Ana')
    expect(words(2, 2)).toBe('12 credits · 2 go to Ana')
  })

  it('says that it was made before, and what a new one would be', () => {
    const made = { operationId: 'op', madeAt: 0 }
    const view = { ...quote(credits(50), credits(50), { kind: 'full' }), reuse: made }
    expect(quoteWords(view, 'UTC').text).toBe('You made this before: free · a new one 50 credits')
  })

  it('says what would fit when the balance covers only a shorter reply', () => {
    const shorter = {
      kind: 'shorter',
      maximum: credits(22),
      maximumOutputTokens: 200,
      cap: null,
    } as const
    const view = quote(credits(12), credits(40), shorter)
    expect(quoteWords(view, 'UTC').text).toBe(
      'Short reply, at most 22 credits: the balance does not cover 40',
    )
    expect(mayRun(view)).toBe(true)
    const capped = quote(credits(12), credits(40), { ...shorter, cap: CAP })
    expect(quoteWords(capped, 'UTC').text).toBe(
      'Short reply, at most 22 credits: “Daily” leaves no more',
    )
  })

  it('says of a trial how much of it is left, and warns of a soft cap', () => {
    const view = quote(credits(16), credits(16), { kind: 'full' })
    const trial = { operation: 'chat.fast', runs: 3, runsLeft: 1, endsAt: null, over: false }
    expect(quoteWords({ ...view, trial }, 'UTC').text).toBe('16 credits · on trial, 1 run left')
    expect(quoteWords({ ...view, warnings: [CAP] }, 'UTC')).toMatchObject({
      text: '16 credits · may pass “Daily”, 90 of 100 used',
      tone: 'caution',
    })
  })
})

describe('the line under a prompt that the credits do not cover', () => {
  const short = (standstill: Standstill) =>
    quote(credits(12), credits(40), {
      kind: 'insufficient',
      needed: credits(40),
      available: credits(22),
      standstill,
    })
  const resumesAt = Date.UTC(2026, 10, 30, 12)

  it('says what is missing and when it resets, in the time zone of the account', () => {
    const view = short({ kind: 'paused', resumesAt })
    expect(quoteWords(view, 'UTC')).toEqual({
      text: '40 credits needed, 22 left: resets 30 Nov',
      tone: 'bad',
      help: 'credits',
    })
    expect(quoteWords(view, 'Pacific/Auckland').text).toMatch(/resets 1 Dec$/)
    expect(quoteWords(short({ kind: 'paused', resumesAt: null }), 'UTC').text).toBe(
      '40 credits needed, 22 left',
    )
    expect(mayRun(view)).toBe(false)
  })

  it('says at zero that everything else goes on', () => {
    const paused = { kind: 'paused', resumesAt } as const
    const none = quote(credits(12), credits(40), {
      kind: 'insufficient',
      needed: credits(40),
      available: credits(0),
      standstill: paused,
    })
    expect(quoteWords(none, 'UTC').aside).toBe('Everything else goes on working.')
    expect(quoteWords(short(paused), 'UTC').aside).toBeUndefined()
  })

  it('says that the plan blocks, or that its overage is used', () => {
    expect(quoteWords(short({ kind: 'blocked', resumesAt }), 'UTC').text).toBe(
      'Blocked by your plan: 40 credits needed, 22 left; resets 30 Nov',
    )
    const used = short({ kind: 'overage-used', limit: credits(500), resumesAt })
    expect(quoteWords(used, 'UTC').text).toBe(
      '40 credits needed, 22 left: all 500 beyond your plan are used; resets 30 Nov',
    )
  })

  it('does not send a person away for credits that are only held', () => {
    expect(quoteWords(short({ kind: 'held', held: credits(18) }), 'UTC')).toEqual({
      text: '40 credits needed, 22 free until a run has ended: 18 held',
      tone: 'caution',
      help: null,
    })
  })
})

describe('the line under a prompt that the credits of the team would cover', () => {
  const withTeam = (why: 'lease-short' | 'lease-over', connected: boolean) =>
    quote(credits(12), credits(40), {
      kind: 'with-team',
      needed: credits(40),
      available: credits(22),
      why,
      connected,
    })

  it('says how many are with this machine, and what more of them wait for', () => {
    expect(quoteWords(withTeam('lease-short', false), 'UTC')).toEqual({
      text: '40 credits needed, 22 of the team’s with this machine until it is online again',
      tone: 'bad',
      help: 'team',
    })
    expect(quoteWords(withTeam('lease-short', true), 'UTC')).toMatchObject({
      text: '40 credits needed, 22 of the team’s with this machine: more is asked for',
      tone: 'caution',
    })
    expect(mayRun(withTeam('lease-short', true))).toBe(false)
  })

  it('says that the machine was away for too long', () => {
    expect(quoteWords(withTeam('lease-over', false), 'UTC').text).toMatch(/connect it/)
  })
})

describe('the line under a prompt that is not allowed', () => {
  const capped = (cap: CapReached) =>
    quote(credits(12), credits(40), { kind: 'capped', needed: credits(20), cap })

  it('names the cap, what is used of it, and when there is room again', () => {
    expect(quoteWords(capped(CAP), 'UTC')).toEqual({
      text: '20 credits needed; “Daily”: 90 of 100 used, free again 22 Nov, 00:00',
      tone: 'bad',
      help: 'caps',
    })
    expect(quoteWords(capped({ ...CAP, resetsAt: null }), 'UTC').text).toMatch(
      /too little for this run$/,
    )
    expect(mayRun(capped(CAP))).toBe(false)
  })

  it('names the plans that would allow it', () => {
    const view = (reason: NotEntitled['reason'], ...plans: string[]) =>
      quote(credits(12), credits(40), {
        kind: 'not-entitled',
        refusal: { reason, trial: null, plans: plans.map((name) => ({ id: name, name })) },
      })
    const words = (...args: Parameters<typeof view>) => quoteWords(view(...args), 'UTC').text
    expect(words('operation', 'Pro', 'Team')).toBe('Not part of your plan: Pro and Team have it')
    expect(words('model', 'Pro')).toBe('This model is not part of your plan: Pro has it')
    expect(words('trial-over')).toBe('The trial of this is over')
    expect(mayRun(view('operation'))).toBe(false)
  })
})
