import { countTokens } from 'gpt-tokenizer/esm/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from '#shared/usage/tokens.ts'

const samples: Record<string, string> = {
  prose:
    'A tally stick was a ledger split between two people so that neither could change it alone. The notches were cut across the whole stick before it was split lengthwise; each party kept one half, and when the halves met they always fit.',
  request:
    'Please write a friendly three-paragraph email to our wholesale customers announcing that the spring catalogue ships on 14 March 2027, with a 12.5% early-order discount.',
  markdown:
    '## Plan\n\n1. **Research** the audience\n2. Draft the outline\n3. Review with _Marketing_\n\n| Item | Cost |\n|---|---|\n| Chat | 12 |\n| Image | 50 |\n',
  code: 'export function addCredits(...amounts: readonly Credits[]): Credits {\n  let sum = 0\n  for (const amount of amounts) sum = millicredits(sum + amount)\n  return millicredits(sum)\n}\n',
  german:
    'Die Abrechnung erfolgt zum Monatsende; nicht verbrauchte Guthaben verfallen, sofern die Vertragsbedingungen keine Übertragung vorsehen.',
  french:
    'Les crédits mensuels sont toujours consommés avant les crédits supplémentaires, même si ces derniers expirent plus tôt.',
  russian: 'Остаток кредитов переносится на следующий месяц только один раз.',
  chinese: '每月的积分在账单日期重置,未使用的积分不会结转到下个月。',
  japanese: '毎月のクレジットは請求日にリセットされ、翌月には繰り越されません。',
  emoji: 'Launch day 🎉🎉 — thank you all 🙏',
}

describe('estimating tokens', () => {
  for (const [name, text] of Object.entries(samples)) {
    it(`comes within 30 % of a real tokenizer on ${name}`, () => {
      const long = text.repeat(20)
      const real = countTokens(long)
      expect(estimateTokens(long) / real).toBeGreaterThan(0.7)
      expect(estimateTokens(long) / real).toBeLessThan(1.3)
    })
  }

  it('is zero for nothing and at least one for anything', () => {
    expect(estimateTokens('')).toBe(0)
    expect(estimateTokens(' ')).toBe(1)
    expect(estimateTokens('a')).toBe(1)
  })

  it('never shrinks as a reply grows by whole words', () => {
    let text = ''
    let before = 0
    for (const word of samples['prose']!.split(' ')) {
      text += `${word} `
      const now = estimateTokens(text)
      expect(now).toBeGreaterThanOrEqual(before)
      before = now
    }
  })
})
