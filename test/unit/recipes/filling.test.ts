import { describe, expect, test } from 'vitest'
import type { Blank } from '#shared/recipes/blanks.ts'
import { blankProblem, blanksIn, fillPrompt } from '#shared/recipes/filling.ts'

const topic: Blank = { kind: 'text', name: 'topic', label: 'Topic', maximum: 10 }
const lines: Blank = { kind: 'number', name: 'lines', label: 'Lines', minimum: 2, maximum: 12 }
const tone: Blank = { kind: 'choice', name: 'tone', label: 'Tone', options: ['dry', 'warm'] }
const recipe = {
  prompt: '{lines} lines on {topic}, {tone}; {topic} again',
  blanks: [topic, lines, tone],
}

describe('the blanks of a prompt', () => {
  test('are the names between braces, each once', () => {
    expect(blanksIn(recipe.prompt)).toEqual(['lines', 'topic', 'tone'])
    expect(blanksIn('{"a":1} {} {Big} { spaced } {9}')).toEqual([])
  })

  test('are filled everywhere', () => {
    expect(fillPrompt(recipe, { topic: 'rain', lines: '3', tone: 'dry' })).toBe(
      '3 lines on rain, dry; rain again',
    )
  })

  test('take braces in a value as they are', () => {
    expect(fillPrompt(recipe, { topic: '{tone} $&', lines: '2', tone: 'dry' })).toBe(
      '2 lines on {tone} $&, dry; {tone} $& again',
    )
  })

  test('keep their braces while they are empty', () => {
    expect(fillPrompt(recipe, { topic: ' ', tone: 'warm' })).toBe(
      '{lines} lines on {topic}, warm; {topic} again',
    )
  })

  test('are not filled by what every object inherits', () => {
    const odd: Blank = { kind: 'text', name: 'constructor', label: 'Odd', maximum: 10 }
    expect(fillPrompt({ prompt: 'a {constructor}', blanks: [odd] }, {})).toBe('a {constructor}')
  })
})

describe('a value', () => {
  test.each([
    [topic, '  ', /Fill in/],
    [topic, 'more than ten', /10 characters/],
    [lines, '1', /from 2 to 12/],
    [lines, '13', /from 2 to 12/],
    [lines, '3.5', /whole number/],
    [lines, '1e1', /whole number/],
    [lines, 'three', /whole number/],
    [tone, 'Dry', /options of “Tone”/],
  ])('for %o that is “%s” is refused in words', (blank, value, words) => {
    expect(blankProblem(blank, value)).toMatch(words)
  })

  test.each([
    [topic, 'exactly 10'],
    [lines, '2'],
    [lines, ' 12 '],
    [tone, 'warm'],
  ])('for %o that is “%s” fits', (blank, value) => {
    expect(blankProblem(blank, value)).toBeNull()
  })
})
