import { describe, expect, it } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { RunView } from '#shared/host/views.ts'
import { applyDelta, supersedes, type RunDelta } from '../../../src-renderer/state/run-stream.ts'

const run: RunView = {
  operationId: 'a',
  studio: 'chat',
  threadId: 't',
  messageId: 'm',
  phase: 'streaming',
  sequence: 4,
  startedAt: 0,
  held: millicredits(40_000),
  chargedSoFar: ZERO,
  text: 'One ',
  making: null,
  creationIds: [],
  retryAt: null,
  ending: null,
}
const delta = (sequence: number, text = 'two'): RunDelta => ({
  type: 'run.delta',
  operationId: 'a',
  sequence,
  text,
  chargedSoFar: millicredits(sequence * 100),
})
const ended: RunView = {
  ...run,
  phase: 'ended',
  sequence: 9,
  ending: {
    status: 'settled',
    outcome: 'completed',
    charged: millicredits(900),
    elapsedMs: 10,
    error: null,
  },
}

describe('a piece of a running reply', () => {
  it('is appended when it follows the last one, with its cost', () => {
    expect(applyDelta(run, delta(5))).toEqual({
      kind: 'applied',
      run: { ...run, sequence: 5, text: 'One two', chargedSoFar: millicredits(500) },
    })
  })

  it('turns a waiting run into a streaming one', () => {
    const outcome = applyDelta({ ...run, phase: 'waiting' }, delta(5))
    expect(outcome).toMatchObject({ kind: 'applied', run: { phase: 'streaming' } })
  })

  it.each([3, 4])('is left out when it is contained already (%i)', (sequence) => {
    expect(applyDelta(run, delta(sequence))).toEqual({ kind: 'known' })
  })

  it('asks for the whole when one before it is missing', () => {
    expect(applyDelta(run, delta(6))).toEqual({ kind: 'gap' })
  })

  it('asks for the whole when the run is not known at all', () => {
    expect(applyDelta(undefined, delta(1))).toEqual({ kind: 'gap' })
  })

  it('changes nothing once the run has ended', () => {
    expect(applyDelta(ended, delta(10))).toEqual({ kind: 'known' })
  })
})

describe('a whole view of a run', () => {
  it('is taken when it is newer or none is known', () => {
    expect(supersedes(run, undefined)).toBe(true)
    expect(supersedes({ ...run, sequence: 5 }, run)).toBe(true)
    expect(supersedes(ended, run)).toBe(true)
  })

  it('is left when it is older than what is shown', () => {
    expect(supersedes({ ...run, sequence: 3 }, run)).toBe(false)
  })

  it('never reopens an ended run', () => {
    expect(supersedes({ ...run, sequence: 20 }, ended)).toBe(false)
  })
})
