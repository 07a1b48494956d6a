import { describe, expect, test } from 'vitest'
import { runSeed } from './run.ts'
import type { Mistake } from './rules-computers.ts'

/** What breaks in some worlds that make a mistake, each once. */
async function whatBreaks(mistake: Mistake): Promise<string> {
  const messages: string[] = []
  for (let seed = 1; seed <= 4; seed++) {
    const { failure } = await runSeed('rules', seed, 300, { mistake })
    if (failure) messages.push(failure.message)
  }
  return messages.join('\n')
}

describe('the oracles notice', () => {
  test('records that count twice when they come twice', async () => {
    expect(await whatBreaks('records-count-twice')).toMatch(/refused|twice|charges come to/)
  })
  test('a lease that counts twice when its statement comes twice', async () => {
    expect(await whatBreaks('leases-count-twice')).toMatch(/was leased|refuses its lease/)
  })
  test('a charge that a user was told of before it was durable', async () => {
    expect(await whatBreaks('speaks-too-soon')).toMatch(/has ended .* 0 times/)
  })
  test('nothing where no mistake is made', async () => {
    expect(await runSeed('rules', 1, 300)).toMatchObject({ failure: null })
  })
})
