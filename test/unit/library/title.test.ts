import { describe, expect, test } from 'vitest'
import { titleFrom } from '../../../src-main/library/title.ts'

describe('a title from the first message', () => {
  test.each([
    ['Why is the sky blue?', 'Why is the sky blue?'],
    ['  Two\n\n lines\tand a tab ', 'Two lines and a tab'],
    ['## A heading', 'A heading'],
    ['> quoted', 'quoted'],
    ['', 'New chat'],
    [' \n\u200b ', 'New chat'],
    ['###', 'New chat'],
    ['\u202ereversed', 'reversed'],
  ])('%j is named %j', (text, title) => {
    expect(titleFrom(text)).toBe(title)
  })

  test('is cut between words, with no comma left hanging', () => {
    const text = 'Write a short and friendly letter to the neighbours upstairs, who play the drums'
    expect(titleFrom(text)).toBe('Write a short and friendly letter to the neighbours…')
  })

  test('cuts a text without spaces by whole characters', () => {
    expect(titleFrom('😀'.repeat(200))).toBe(`${'😀'.repeat(60)}…`)
    expect(titleFrom('長'.repeat(100_000))).toBe(`${'長'.repeat(60)}…`)
  })
})
