import { describe, expect, it } from 'vitest'
import {
  continuesChain,
  GENESIS,
  headAfter,
  readEntry,
  sealEntry,
} from '../../../src-main/ledger/entry-chain.ts'
import { grantDraft } from '../../support/ledger.ts'

const first = sealEntry(GENESIS, grantDraft('one', 5), 1_000)
const second = sealEntry(headAfter(first), grantDraft('two', 6), 2_000)

describe('the chain of entries', () => {
  it('gives back what was sealed', () => {
    expect(readEntry(second)).toEqual({ ...grantDraft('two', 6), sequence: 2, at: 2_000 })
  })

  it('continues only from the entry before', () => {
    expect(continuesChain(GENESIS, first)).toBe(true)
    expect(continuesChain(headAfter(first), second)).toBe(true)
    expect(continuesChain(GENESIS, second)).toBe(false)
    expect(continuesChain({ ...headAfter(first), hash: GENESIS.hash }, second)).toBe(false)
  })

  it.each([
    ['body', { body: second.body.replace('6000', '7000') }],
    ['time', { at: 2_001 }],
    ['id', { id: 'grant:three' }],
    ['hash', { hash: first.hash }],
    ['place', { sequence: 3 }],
  ])('breaks when the %s is changed', (_what, change) => {
    expect(continuesChain(headAfter(first), { ...second, ...change })).toBe(false)
  })

  it('does not let time run backwards', () => {
    const early = sealEntry(headAfter(first), grantDraft('two', 6), 999)
    expect(continuesChain(headAfter(first), early)).toBe(false)
  })

  it.each(['', 'two words', 'line\nbreak', 'ü', 'x'.repeat(201)])('refuses the id %j', (id) => {
    expect(() => sealEntry(GENESIS, { ...grantDraft('one', 5), id }, 1)).toThrow(RangeError)
  })
})
