import { describe, expect, it } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { CreationView, RunEnding } from '#shared/host/views.ts'
import { endingWords } from '../../../src-renderer/words/ending-words.ts'
import { downloadName } from '../../../src-renderer/words/file-names.ts'
import { groupByRun } from '../../../src-renderer/features/studio/creations.ts'
import { versionSwitch } from '../../../src-renderer/features/studio/chat/versions.ts'
import { playTime } from '../../../src-renderer/words/play-time.ts'

const credits = (whole: number) => millicredits(whole * 1_000)

describe('how a run ended', () => {
  const ending: RunEnding = {
    status: 'settled',
    outcome: 'completed',
    charged: credits(3),
    elapsedMs: 1_200,
    error: null,
  }
  const error = { code: 'provider_error', message: 'The provider answered with an error (500).' }

  it('needs no words when it was completed', () => {
    expect(endingWords(ending)).toBeNull()
  })

  it('says that a failure cost nothing', () => {
    const failed = { ...ending, status: 'voided', outcome: 'failed', charged: ZERO, error } as const
    expect(endingWords(failed)?.text).toBe(
      'The provider answered with an error (500). You were not charged.',
    )
  })

  it('says it once even when the host said it too', () => {
    const told = { ...error, message: 'No connection. You were not charged.' }
    const failed = { ...ending, outcome: 'failed', charged: ZERO, error: told } as const
    expect(endingWords(failed)?.text).toBe('No connection. You were not charged.')
  })

  it('does not blame a person for stopping', () => {
    expect(endingWords({ ...ending, outcome: 'stopped' })).toEqual({
      text: 'Stopped. You were charged for what was delivered.',
      tone: 'plain',
    })
  })
})

describe('versions of a message', () => {
  it('are not offered when there is one', () => {
    expect(versionSwitch({ id: 'a', versions: ['a'] })).toBeNull()
  })

  it('lead to the neighbours and end at either end', () => {
    const versions = ['a', 'b', 'c']
    expect(versionSwitch({ id: 'a', versions })).toMatchObject({ previous: null, next: 'b' })
    expect(versionSwitch({ id: 'b', versions })).toEqual({
      current: 2,
      total: 3,
      previous: 'a',
      next: 'c',
    })
    expect(versionSwitch({ id: 'c', versions })).toMatchObject({ previous: 'b', next: null })
  })

  it('are not offered for a message that is not among them', () => {
    expect(versionSwitch({ id: 'x', versions: ['a', 'b'] })).toBeNull()
  })
})

const creation = (id: string, operationId: string, prompt = 'A red boat') =>
  ({ id, operationId, prompt, mediaType: 'image/png' }) as CreationView

describe('creations', () => {
  it('stand together by run, each run in the order of arrival', () => {
    const list = [creation('3', 'b'), creation('2', 'a'), creation('1', 'a')]
    expect(
      groupByRun(list).map(({ operationId, creations }) => [
        operationId,
        creations.map(({ id }) => id),
      ]),
    ).toEqual([
      ['b', ['3']],
      ['a', ['1', '2']],
    ])
  })

  it.each([
    ['A red boat, at dawn.', 'a-red-boat-at-dawn-1234.png'],
    ['Ένα πλοίο', 'ένα-πλοίο-1234.png'],
    ['../../etc/passwd', 'etc-passwd-1234.png'],
    ['…', 'creation-1234.png'],
  ])('are saved under a plain name: %s', (prompt, name) => {
    expect(downloadName(creation('1234-5678', 'a', prompt))).toBe(name)
  })
})

describe('the time of a recording', () => {
  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [750, '12:30'],
    [-1, '0:00'],
  ])('%d s reads %s', (seconds, text) => {
    expect(playTime(seconds)).toBe(text)
  })
})
