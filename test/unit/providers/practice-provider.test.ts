import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import type { ChatCall, ChatPart, MediaFile } from '../../../src-main/providers/provider.ts'
import {
  PRACTICE_MODELS,
  PRACTICE_VOICES,
  practiceModelViews,
} from '../../../src-main/providers/practice/practice-models.ts'
import {
  createPracticeProvider,
  type PracticeOptions,
} from '../../../src-main/providers/practice/practice-provider.ts'
import { countTokens, splitTokens } from '../../../src-main/providers/practice/tokens.ts'
import type { Timers } from '#shared/ports/time.ts'
import { systemTimers } from '../../../src-main/ports/time.ts'
import { id as idSchema } from '#shared/host/requests.ts'

const atOnce = (options: Partial<PracticeOptions> = {}) =>
  createPracticeProvider({ timers: systemTimers, tokensPerSecond: Infinity, ...options })
const never = new AbortController().signal

function chatCall(content: string, changes: Partial<ChatCall> = {}): ChatCall {
  const messages = [{ role: 'user', content }] as const
  const limits = { maximumOutputTokens: 4_000, webSearch: false, signal: never }
  return { model: 'Practice · brief', messages, ...limits, ...changes }
}

async function collect(parts: AsyncIterable<ChatPart>) {
  const all: ChatPart[] = []
  for await (const part of parts) all.push(part)
  const text = all.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { text, last: all.at(-1), parts: all }
}

describe('practice chat', () => {
  test('says it is practice and names what the prompt was about', async () => {
    const { text, last } = await collect(atOnce().chat(chatCall('Why do lighthouses flash?')))
    expect(text).toContain('practice reply')
    expect(text).toContain('lighthouses')
    expect(last).toMatchObject({ type: 'end', cut: false })
  })

  test('gives the same reply to the same prompt and another to another', async () => {
    const ask = async (prompt: string) =>
      (await collect(atOnce().chat(chatCall(prompt, { model: 'thorough' })))).text
    expect(await ask('Plan a garden')).toBe(await ask('Plan a garden'))
    expect(await ask('Plan a garden')).not.toBe(await ask('Plan a harbour'))
  })

  test.each([
    ['a table', 'Compare oak and ash in a table', /^\| --- \|/m],
    ['a list', 'List three steps to carve a spoon', /^1\. /m],
    ['code', 'Write a function that sorts names', /^```ts$/m],
  ])('answers in the shape asked for: %s', async (_, prompt, shape) => {
    const { text } = await collect(atOnce().chat(chatCall(prompt)))
    expect(text).toMatch(shape)
  })

  test('cuts at the output limit and reports exactly that many tokens', async () => {
    const { text, last } = await collect(
      atOnce().chat(chatCall('Tell me about tides', { maximumOutputTokens: 12 })),
    )
    expect(countTokens(text)).toBe(12)
    expect(last).toMatchObject({ type: 'end', cut: true, usage: { outputTokens: 12 } })
  })

  test('reports its tokens like a real provider', async () => {
    const { text, last } = await collect(atOnce().chat(chatCall('one two three')))
    const usage = { inputTokens: 3, cachedInputTokens: 0, outputTokens: countTokens(text) }
    expect(last).toMatchObject({ type: 'end', usage })
  })

  test('marks web results as invented', async () => {
    const { text } = await collect(
      atOnce().chat(chatCall('Find news on bridges', { model: 'expert', webSearch: true })),
    )
    expect(text).toContain('Nothing was searched')
    expect(text).toContain('https://practice.invalid/')
  })

  test('streams at its pace: one wait for each piece', async () => {
    const waits: number[] = []
    const timers: Timers = {
      after(delayMs, run) {
        waits.push(delayMs)
        queueMicrotask(run)
        return () => undefined
      },
    }
    const provider = createPracticeProvider({ timers, tokensPerSecond: 50 })
    const { last } = await collect(provider.chat(chatCall('Hello there')))
    const [first = 0, ...paced] = waits
    expect(first).toBeGreaterThan(0)
    const usage = last?.type === 'end' ? last.usage : null
    const total = paced.reduce((sum, wait) => sum + wait, 0)
    expect(total).toBeCloseTo((usage?.outputTokens ?? 0) * 20, 3)
  })

  test('ends without a last part when it is stopped', async () => {
    const controller = new AbortController()
    const seen: ChatPart[] = []
    const call = chatCall('A long story', { signal: controller.signal })
    for await (const part of atOnce().chat(call)) {
      seen.push(part)
      if (seen.length === 5) controller.abort()
    }
    expect(seen.map(({ type }) => type)).toEqual(['text', 'text', 'text', 'text', 'text'])
  })

  test('does not keep a stopped run waiting for its pace', async () => {
    const controller = new AbortController()
    const timers: Timers = { after: () => () => undefined }
    const parts = createPracticeProvider({ timers }).chat(
      chatCall('Hello', { signal: controller.signal }),
    )
    const ended = collect(parts)
    controller.abort()
    expect((await ended).parts).toEqual([])
  })

  test('fails plainly for a model it does not have', async () => {
    const { last } = await collect(atOnce().chat(chatCall('Hi', { model: 'sketch' })))
    expect(last).toMatchObject({ type: 'failed', failure: { code: 'model_not_found' } })
  })

  test('answers a prompt without words', async () => {
    const { last } = await collect(atOnce().chat(chatCall('  ')))
    expect(last).toMatchObject({ type: 'end' })
  })
})

test('tokens join back to the text, whatever it holds', () => {
  const text = 'Ein Text,  with – naïve\n\n世界 🙂🙂 signs………… and supercalifragilistic words'
  expect(splitTokens(text).join('')).toBe(text)
})

test('models are labelled practice, priced on the rate card, and have valid ids', () => {
  const views = practiceModelViews()
  expect(views.map(({ id, operation }) => [id, operation])).toEqual([
    ['practice/brief', 'request.standard'],
    ['practice/thorough', 'request.advanced'],
    ['practice/fast', 'chat.fast'],
    ['practice/expert', 'chat.expert'],
    ['practice/sketch', 'image.standard'],
    ['practice/painting', 'image.advanced'],
    ['practice/speaker', 'speech'],
  ])
  for (const view of views) {
    expect(view.name).toMatch(/^Practice · /)
    expect(idSchema.safeParse(view.id).success).toBe(true)
  }
  expect(PRACTICE_MODELS).toHaveLength(views.length)
})

describe('practice images', () => {
  const draw = async (prompt: string, index = 0, model = 'Practice · sketch', size = [96, 64]) => {
    const [width = 0, height = 0] = size
    const result = await atOnce().image({ model, prompt, width, height, index, signal: never })
    if (!result.ok) throw new Error(result.failure.message)
    return result.file
  }

  test('are PNGs of the size asked for, with many colours', async () => {
    const file = await draw('A harbour at dusk')
    expect(file).toMatchObject({ mediaType: 'image/png', width: 96, height: 64 })
    const image = PNG.sync.read(Buffer.from(file.bytes))
    expect([image.width, image.height]).toEqual([96, 64])
    const colors = new Set<number>()
    for (let at = 0; at < image.data.length; at += 4) colors.add(image.data.readUInt32BE(at))
    expect(colors.size).toBeGreaterThan(200)
  })

  test('are the same for the same prompt and index, and differ otherwise', async () => {
    const bytes = async (...input: Parameters<typeof draw>) =>
      Buffer.from((await draw(...input)).bytes).toString('base64')
    const first = await bytes('A forest')
    expect(await bytes('A forest')).toBe(first)
    expect(await bytes('A forest', 1)).not.toBe(first)
    expect(await bytes('A lake')).not.toBe(first)
    expect(await bytes('A forest', 0, 'painting')).not.toBe(first)
  })

  test('stop part way when asked to', async () => {
    const controller = new AbortController()
    let turns = 0
    const timers: Timers = {
      after(delayMs, run) {
        turns += 1
        if (turns === 3) controller.abort()
        return systemTimers.after(delayMs, run)
      },
    }
    const call = { prompt: 'x', width: 1_024, height: 1_024, index: 0, signal: controller.signal }
    const result = await atOnce({ timers }).image({ model: 'painting', ...call })
    expect(result.ok).toBe(false)
    expect(turns).toBeLessThan(6)
  })

  test.each([
    [0, 64],
    [64, 100_000],
    [64.5, 64],
    [Number.NaN, 64],
  ])('refuses a size of %s × %s', async (width, height) => {
    const call = { model: 'sketch', prompt: 'x', index: 0, signal: never }
    const result = await atOnce().image({ ...call, width, height })
    expect(result).toMatchObject({ ok: false, failure: { code: 'refused' } })
  })
})

describe('practice voice', () => {
  const say = async (text: string, voice = 'alder', speed = 100): Promise<MediaFile> => {
    const model = 'Practice · speaker'
    const result = await atOnce().speech({ model, text, voice, speed, signal: never })
    if (!result.ok) throw new Error(result.failure.message)
    return result.file
  }

  test('is a 16-bit mono WAV one can hear, as long as it says', async () => {
    const { bytes, mediaType, durationMs } = await say('The tally stick was split in two.')
    const file = Buffer.from(bytes)
    expect(mediaType).toBe('audio/wav')
    expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ')
    expect(file.readUInt32LE(4)).toBe(file.length - 8)
    expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt16LE(34)]).toEqual([
      1, 1, 16,
    ])
    const rate = file.readUInt32LE(24)
    const samples = file.readUInt32LE(40) / 2
    expect(samples).toBe((file.length - 44) / 2)
    expect(durationMs).toBe(Math.round((samples / rate) * 1_000))
    let energy = 0
    for (let at = 44; at < file.length; at += 2) energy += (file.readInt16LE(at) / 32_768) ** 2
    expect(Math.sqrt(energy / samples)).toBeGreaterThan(0.03)
  })

  test('takes half the time at double speed', async () => {
    const normal = (await say('Slow and steady wins the race')).durationMs ?? 0
    const quick = (await say('Slow and steady wins the race', 'alder', 200)).durationMs ?? 0
    expect(normal / quick).toBeGreaterThan(1.7)
    expect(normal / quick).toBeLessThan(2.3)
  })

  test('takes longer for more syllables', async () => {
    const short = (await say('One word')).durationMs ?? 0
    expect((await say('Considerably more syllables altogether')).durationMs).toBeGreaterThan(
      short * 2,
    )
  })

  test('differs from voice to voice and repeats exactly', async () => {
    const sounds = await Promise.all(
      PRACTICE_VOICES.map(async ({ id }) =>
        Buffer.from((await say('Hello', id)).bytes).toString('base64'),
      ),
    )
    expect(new Set(sounds).size).toBe(PRACTICE_VOICES.length)
    expect(Buffer.from((await say('Hello', 'alder')).bytes).toString('base64')).toBe(sounds[0])
  })

  test('refuses a voice it does not have', async () => {
    const call = { model: 'speaker', text: 'Hi', voice: 'nobody', speed: 100, signal: never }
    expect(await atOnce().speech(call)).toMatchObject({ ok: false, failure: { code: 'refused' } })
  })

  test('uses a speaking program where there is one', async () => {
    const wav = Uint8Array.of(1, 2, 3)
    const speak = () => Promise.resolve({ wav, durationMs: 77 })
    const call = { model: 'speaker', text: 'Hi', voice: '', speed: 100, signal: never }
    expect(await atOnce({ speak }).speech(call)).toMatchObject({
      ok: true,
      file: { bytes: wav, durationMs: 77 },
    })
    const broken = atOnce({ speak: () => Promise.resolve(null) })
    expect(await broken.speech(call)).toMatchObject({ ok: true, file: { mediaType: 'audio/wav' } })
  })
})
