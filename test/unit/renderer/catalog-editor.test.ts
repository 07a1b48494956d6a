import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCatalog } from '#shared/catalog/catalog.ts'
import {
  type Json,
  nextVersion,
  valueAt,
  withValue,
} from '../../../src-renderer/features/catalog/document.ts'
import { problemsAt, problemText } from '../../../src-renderer/features/catalog/editing.ts'
import { amountText, readAmount } from '../../../src-renderer/features/catalog/money-text.ts'
import { findPlace } from '../../../src-renderer/features/catalog/places.ts'
import { SECTIONS } from '../../../src-renderer/features/catalog/sections.ts'
import { defaultCatalogJson } from '../../support/credits.ts'

const shipped = () => defaultCatalogJson() as Json

describe('a document changed at a path', () => {
  test('leaves the rest as it is and the original untouched', () => {
    const before = shipped()
    const after = withValue(before, ['plans', 0, 'allowance'], '600')
    expect(valueAt(after, ['plans', 0, 'allowance'])).toBe('600')
    expect(before).toEqual(shipped())
    expect(withValue(after, ['plans', 0, 'allowance'], '500')).toEqual(before)
  })

  test('takes entries and fields away', () => {
    expect(withValue({ a: [1, 2, 3] }, ['a', 1], undefined)).toEqual({ a: [1, 3] })
    expect(withValue({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 })
  })

  test('makes what is missing on the way', () => {
    expect(withValue({}, ['refunds', 'months'], 3)).toEqual({ refunds: { months: 3 } })
  })

  test('what was put at a path is there', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.nat(2))
    const path = fc.array(step, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.jsonValue(), path, fc.jsonValue(), (document, place, value) => {
        const after = withValue(document as Json, place, value as Json)
        expect(valueAt(after, place)).toEqual(value)
      }),
    )
  })
})

test('the next version counts on', () => {
  expect(nextVersion('default-9')).toBe('default-10')
  expect(nextVersion('tooljet')).toBe('tooljet-2')
})

describe('a problem and its field', () => {
  const problems = [
    { path: 'plans[1].price.amount', message: 'Too big' },
    { path: 'plans[10].price', message: 'Other' },
  ]

  test('belong together by their path, whole steps only', () => {
    expect(problemsAt(problems, ['plans', 1], true)).toHaveLength(1)
    expect(problemsAt(problems, ['plans', 1, 'price'], false)).toHaveLength(0)
    expect(problemsAt(problems, ['plans', 1, 'pri'], true)).toHaveLength(0)
  })

  test('are found from the path', () => {
    expect(findPlace('operations[2].components[0].price')).toEqual({
      part: 'operations',
      entry: 2,
    })
    expect(findPlace('planChange.upgrade')).toEqual({ part: 'policies', entry: null })
    expect(findPlace('defaultPlan')).toEqual({ part: 'general', entry: null })
    expect(findPlace('nonsense')).toEqual({ part: 'json', entry: null })
  })

  test('speak to people', () => {
    const broken = withValue(shipped(), ['plans', 0, 'allowance'], undefined)
    const read = readCatalog(broken)
    if (read.ok) throw new Error('accepted')
    expect(read.problems.map((problem) => [problem.path, problemText(problem)])).toEqual([
      ['plans[0].allowance', 'Fill this in.'],
    ])
  })
})

describe('prices as typed', () => {
  test('are whole minor units, without floats', () => {
    expect(readAmount('19.99', 'USD')).toBe(1_999)
    expect(readAmount('0.3', 'USD')).toBe(30)
    expect(readAmount('2000', 'JPY')).toBe(2_000)
    expect(readAmount('1.234', 'USD')).toBe('1.234')
    expect(readAmount('a lot', 'USD')).toBe('a lot')
  })

  test('read back as they were meant', () => {
    expect(amountText(1_999, 'USD')).toBe('19.99')
    expect(amountText(2_000, 'USD')).toBe('20')
    expect(amountText(2_000, 'JPY')).toBe('2000')
    expect(amountText('a lot', 'USD')).toBe('a lot')
  })
})

describe('the descriptions of the fields', () => {
  test('a fresh entry of every list is accepted where it stands', () => {
    for (const section of SECTIONS) {
      if (section.kind !== 'entries') continue
      const list = (valueAt(shipped(), [section.name]) ?? []) as readonly Json[]
      const read = readCatalog(withValue(shipped(), [section.name], [...list, section.fresh]))
      expect(read.ok ? [] : read.problems, section.name).toEqual([])
    }
  })

  test('name only fields that the catalog has', () => {
    for (const section of SECTIONS) {
      for (const field of section.fields) {
        const place = section.kind === 'entries' ? [section.name, 0] : []
        const base =
          section.kind === 'entries'
            ? withValue(shipped(), [section.name], [section.fresh])
            : shipped()
        const read = readCatalog(withValue(base, [...place, field.name], { no: 'such value' }))
        const unknown = read.ok
          ? []
          : read.problems.filter(({ message }) => message.startsWith('Unrecognized key'))
        expect(
          unknown.filter(({ message }) => message.includes(`"${field.name}"`)),
          `${section.name} ${field.name}`,
        ).toEqual([])
      }
    }
  })
})
