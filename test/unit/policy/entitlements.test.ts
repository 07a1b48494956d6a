import { describe, expect, test } from 'vitest'
import { entitlements } from '#shared/catalog/policies.ts'
import {
  checkEntitlement,
  matches,
  trialStandings,
  type Wanted,
} from '#shared/policy/entitlements.ts'
import { countTrial, NO_TRIALS, type Trials } from '#shared/policy/trials.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { credits, defaultCatalog } from '../../support/credits.ts'
import { aRun, holdAt, settleAt, voidAt } from '../../support/policies.ts'

const DAY = 24 * 60 * 60_000
const NOW = Date.parse('2026-11-21T12:00:00Z')
const CHAT: Wanted = { operation: 'chat.small', modelId: 'practice/echo' }
const VIDEO: Wanted = { operation: 'video', modelId: 'practice/film' }

const catalog = (() => {
  const base = defaultCatalog()
  const [first] = base.plans
  if (!first) throw new Error('The catalog has no plan')
  const plan = (id: string, changes: Partial<typeof first>) => ({
    ...first,
    id,
    name: id,
    ...changes,
  })
  return {
    ...base,
    plans: [
      plan('free', { entitlements: entitlements.parse({ operations: ['chat.small'] }) }),
      plan('pro', { entitlements: entitlements.parse({}) }),
      plan('old', { entitlements: entitlements.parse({}), offered: false }),
    ],
  }
})()

const ofFree = entitlements.parse({
  operations: ['chat.small'],
  models: ['practice/*'],
  trials: [{ operation: 'video', runs: 2, days: 7 }],
})

const check = (wanted: Wanted, trials: Trials = NO_TRIALS, at = NOW) =>
  checkEntitlement(ofFree, trials, wanted, at, catalog)

const trialRun = (id: string) => ({
  ...aRun(id, credits('10'), { operation: 'video' }),
  trial: true as const,
})
const fold = (entries: readonly Pick<Entry, 'facts' | 'at'>[]) =>
  entries.reduce(countTrial, NO_TRIALS)

describe('what a plan may use', () => {
  test('is what it lists', () => {
    expect(check(CHAT)).toEqual({ ok: true, trial: null })
  })

  test('a refusal names the plans on offer that would allow it', () => {
    expect(check({ ...CHAT, operation: 'search' })).toMatchObject({
      ok: false,
      refusal: { reason: 'operation', plans: [{ id: 'pro', name: 'pro' }] },
    })
  })

  test('a model outside its patterns is refused, also for an operation it may use', () => {
    expect(check({ ...CHAT, modelId: 'house/large' })).toMatchObject({
      ok: false,
      refusal: { reason: 'model', plans: [{ id: 'free' }, { id: 'pro' }] },
    })
  })

  test.each([
    ['practice/echo', 'practice/echo', true],
    ['practice/echo', 'practice/echo-2', false],
    ['practice/*', 'practice/echo', true],
    ['*', '', true],
    ['*-mini', 'house/large-mini', true],
    ['a*b*a', 'aba', true],
    ['ab*ba', 'aba', false],
    ['*a*a', 'ba', false],
    ['gpt-*-mini', 'gpt-5-mini', true],
    ['a.c', 'abc', false],
  ])('the pattern %s on %s: %s', (pattern, text, fits) => {
    expect(matches(pattern, text)).toBe(fits)
  })
})

describe('a trial', () => {
  const first = [holdAt(NOW, trialRun('one')), settleAt(NOW + 1, 'one', credits('5'))]

  test('lets an operation be tried that the plan does not have', () => {
    expect(check(VIDEO)).toMatchObject({ ok: true, trial: { runsLeft: 2, endsAt: null } })
    expect(check(VIDEO, fold(first))).toMatchObject({
      trial: { runsLeft: 1, endsAt: NOW + 7 * DAY },
    })
  })

  test('is over after its runs, those under way included', () => {
    const trials = fold([...first, holdAt(NOW + 2, trialRun('two'))])
    expect(check(VIDEO, trials)).toMatchObject({
      ok: false,
      refusal: { reason: 'trial-over', trial: { runsLeft: 0 }, plans: [{ id: 'pro' }] },
    })
  })

  test('is over after its days, counted from the first run', () => {
    expect(check(VIDEO, fold(first), NOW + 7 * DAY - 1).ok).toBe(true)
    expect(check(VIDEO, fold(first), NOW + 7 * DAY).ok).toBe(false)
  })

  test('is not used up by a run that delivered nothing', () => {
    const trials = fold([holdAt(NOW, trialRun('one')), voidAt(NOW + 1, 'one')])
    expect(trials).toEqual(NO_TRIALS)
  })

  test('does not count runs of a plan that has the operation', () => {
    const run = aRun('one', credits('10'), { operation: 'video' })
    expect(fold([holdAt(NOW, run), settleAt(NOW + 1, 'one', credits('5'))])).toEqual(NO_TRIALS)
  })

  test('stands where it stands however the journal is read', () => {
    const entries = [...first, holdAt(NOW + 2, trialRun('two')), voidAt(NOW + 3, 'two')]
    const stored = JSON.parse(JSON.stringify(fold(entries.slice(0, 3)))) as Trials
    expect(entries.slice(3).reduce(countTrial, stored)).toEqual(fold(entries))
    expect(trialStandings(ofFree, fold(entries), NOW)).toMatchObject([{ runsLeft: 1 }])
  })
})
