/** Whatever runs, stops, fails and crashes in whatever order: no credit is lost, none spent twice. */

import fc from 'fast-check'
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { RunRequest } from '#shared/host/requests.ts'
import type { RunEnding } from '#shared/host/views.ts'
import { recoverRuns } from '../../../src-main/meter/recovery.ts'
import type { ChatPart, MediaResult, Provider } from '../../../src-main/providers/provider.ts'
import { createManualTime, type ManualTime } from '../../support/manual-time.ts'
import {
  chatRequest,
  createMeterWorld,
  imageRequest,
  type MeterWorld,
  unwrap,
  voiceRequest,
} from '../../support/meter-world.ts'
import { end, failing, png, text } from '../../support/scripted-provider.ts'

const CREDITS = 2_000

type Behaviour = 'reply' | 'silent' | 'fail-early' | 'fail-late' | 'rate-limit' | 'hang' | 'zero'
type Step =
  | { readonly do: 'start'; readonly request: RunRequest; readonly behaviour: Behaviour }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'stop'; readonly which: number }
  | { readonly do: 'crash' }

const request = fc.oneof(
  fc
    .record({ words: fc.nat({ max: 40 }) })
    .map(({ words }) => chatRequest({ text: 'word '.repeat(words + 1) })),
  fc.integer({ min: 1, max: 4 }).map((count) => imageRequest({ count })),
  fc.string({ minLength: 1, maxLength: 90 }).map((said) => voiceRequest({ text: `x${said}` })),
)

const behaviour = fc.constantFrom<Behaviour>(
  'reply',
  'silent',
  'fail-early',
  'fail-late',
  'rate-limit',
  'hang',
  'zero',
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('start'), request, behaviour }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat({ max: 3_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stop'), which: fc.nat({ max: 20 }) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'crash' }) },
)

/** A provider that does what the run that is started next is meant to meet. */
function moodyProvider(time: ManualTime) {
  let next: Behaviour = 'reply'
  const pause = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve))

  async function* chat(mood: Behaviour): AsyncGenerator<ChatPart, void> {
    await pause(200)
    if (mood === 'fail-early') return yield failing('unauthorized')
    if (mood === 'rate-limit') return yield failing('rate_limited', 700)
    if (mood === 'silent') return yield end({ inputTokens: 9, outputTokens: 0 })
    for (let words = 0; words < 6; words++) {
      yield text('one two three ')
      await pause(200)
    }
    if (mood === 'hang') await new Promise(() => undefined)
    if (mood === 'fail-late') return yield failing('unreachable')
    if (mood === 'zero') return yield end({ inputTokens: 0, outputTokens: 0 })
    yield end(null)
  }

  async function media(mood: Behaviour, index: number): Promise<MediaResult> {
    await pause(400)
    if (mood === 'hang' && index > 0) await new Promise(() => undefined)
    if (mood === 'fail-late' && index > 0) return { ok: false, failure: failing('refused').failure }
    const fails = mood === 'fail-early' || mood === 'rate-limit'
    return fails ? { ok: false, failure: failing('unauthorized').failure } : png()
  }

  const provider: Provider = {
    chat: () => chat(next),
    image: ({ index }) => media(next, index),
    speech: () => media(next, 0),
  }
  return {
    provider,
    expectNext(mood: Behaviour) {
      next = mood
    },
  }
}

interface Story {
  world: MeterWorld
  readonly started: Map<string, number>
  readonly endings: Map<string, RunEnding>
}

/** The oracles, after every step. */
function check({ world, started, endings }: Story): void {
  const [bucket] = world.ledger.buckets()
  if (!bucket) throw new Error('The grant is gone')
  const { available, held, spent, expired } = bucket
  expect(available + held + spent + expired).toBe(CREDITS * 1_000)
  expect(Math.min(available, held, spent)).toBeGreaterThanOrEqual(0)
  const open = world.ledger.openHolds().map(({ operation }) => operation.quote.maximum)
  expect(held).toBe(open.reduce((sum, amount) => sum + amount, 0))
  for (const [operationId, promised] of started) {
    const run = world.meter.attach(operationId)
    if (run.ok && run.data.ending) endings.set(operationId, run.data.ending)
    expect(endings.get(operationId)?.charged ?? 0).toBeLessThanOrEqual(promised)
  }
  const charged = [...endings.values()].reduce((sum, ending) => sum + ending.charged, 0)
  expect(spent).toBe(charged)
}

async function play(steps: readonly Step[]): Promise<void> {
  const time = createManualTime()
  const mood = moodyProvider(time)
  const story: Story = {
    world: createMeterWorld({ provider: mood.provider, credits: CREDITS, time }),
    started: new Map(),
    endings: new Map(),
  }
  const { directory } = story.world
  try {
    for (const step of steps) {
      await act(story, step, mood)
      check(story)
    }
    for (const operationId of story.started.keys()) story.world.meter.stop(operationId)
    await time.advance(60_000)
    check(story)
    expect(story.world.held()).toBe(0)
    expect([...story.endings.keys()].sort()).toEqual([...story.started.keys()].sort())
    expect(unwrap(await story.world.ledger.history.verify()).problems).toEqual([])
  } finally {
    await story.world.dispose()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function act(
  story: Story,
  step: Step,
  mood: ReturnType<typeof moodyProvider>,
): Promise<void> {
  const { world, started, endings } = story
  if (step.do === 'wait') return world.time.advance(step.ms)
  if (step.do === 'start') {
    mood.expectNext(step.behaviour)
    const { promisedMaximum } = unwrap(world.meter.quote(step.request))
    const operationId = crypto.randomUUID()
    const { request } = step
    const run = world.meter.start({ operationId, request, acceptedMaximum: promisedMaximum })
    if (run.ok) started.set(operationId, promisedMaximum)
    return world.time.advance(0)
  }
  if (step.do === 'stop') {
    const operationId = [...started.keys()][step.which % Math.max(1, started.size)]
    if (operationId) world.meter.stop(operationId)
    return world.time.advance(0)
  }
  check(story)
  world.crash()
  const { directory, time } = world
  story.world = createMeterWorld({ provider: mood.provider, directory, time })
  for (const { operationId, ending } of unwrap(recoverRuns(story.world.ledger))) {
    endings.set(operationId, ending)
  }
}

it('keeps every credit accounted for through any story', { timeout: 180_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 18 }), play), {
    numRuns: 30,
    endOnFailure: true,
  })
})
