import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Blank } from '#shared/recipes/blanks.ts'
import { fillPrompt } from '#shared/recipes/filling.ts'
import { canonicalJson } from '#shared/recipes/file.ts'

const names = ['a', 'b_1', 'topic'] as const
const piece = fc.oneof(
  fc.constantFrom(...names).map((name) => ({ blank: name })),
  fc.string({ maxLength: 12 }).map((text) => ({ text: text.replaceAll(/[{}]/g, '') })),
)
const blanks: readonly Blank[] = names.map((name) => ({
  kind: 'text',
  name,
  label: name,
  maximum: 50,
}))
const value = fc
  .oneof(fc.string({ minLength: 1, maxLength: 20 }), fc.constantFrom('{a}', '$1', '{topic}{a}'))
  .filter((text) => text.trim() !== '')

describe('filling a prompt, for any pieces and values', () => {
  test('puts every value where its blank is, and nothing else changes', () => {
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.record({ a: value, b_1: value, topic: value }),
        (parts, values) => {
          const prompt = parts
            .map((part) => ('text' in part ? part.text : `{${part.blank}}`))
            .join('')
          const filled = parts
            .map((part) => ('text' in part ? part.text : values[part.blank].trim()))
            .join('')
          expect(fillPrompt({ prompt, blanks }, values)).toBe(filled)
        },
      ),
    )
  })
})

describe('canonical JSON, for any value', () => {
  test('says the same after reading it back, in one way only', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = canonicalJson(json)
        const back: unknown = JSON.parse(text)
        expect(back).toEqual(JSON.parse(JSON.stringify(json)))
        expect(canonicalJson(back)).toBe(text)
      }),
    )
  })
})
