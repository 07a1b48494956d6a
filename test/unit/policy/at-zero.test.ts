import { expect, test } from 'vitest'
import { standstillOf } from '#shared/policy/at-zero.ts'
import { credits } from '../../support/credits.ts'

const short = {
  needed: credits('40'),
  available: credits('22'),
  held: credits('0'),
  resetsAt: 1_000,
}

test('a plan that pauses goes on at the reset', () => {
  expect(standstillOf({ kind: 'pause' }, short)).toEqual({ kind: 'paused', resumesAt: 1_000 })
})

test('a plan that blocks refuses until the reset', () => {
  expect(standstillOf({ kind: 'block' }, short)).toEqual({ kind: 'blocked', resumesAt: 1_000 })
})

test('a plan with overage has used up its limit too', () => {
  const limit = credits('500')
  expect(standstillOf({ kind: 'overage', limit }, { ...short, resetsAt: null })).toEqual({
    kind: 'overage-used',
    limit,
    resumesAt: null,
  })
})

test('credits that open runs hold are only away for a while', () => {
  const held = credits('18')
  expect(standstillOf({ kind: 'block' }, { ...short, held })).toEqual({ kind: 'held', held })
  expect(standstillOf({ kind: 'block' }, { ...short, held: credits('17.9') }).kind).toBe('blocked')
})
