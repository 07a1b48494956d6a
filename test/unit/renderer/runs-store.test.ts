import { beforeEach, describe, expect, it, vi } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { HostBridge } from '#shared/host/bridge.ts'
import { failure, success, type Result } from '#shared/result.ts'
import type { RunView } from '#shared/host/views.ts'
import { setBridge } from '../../../src-renderer/state/host.ts'
import {
  putRun,
  receiveDelta,
  stopRun,
  useRunsStore,
} from '../../../src-renderer/state/runs-store.ts'

const view = (sequence: number, text: string): RunView => ({
  operationId: 'a',
  studio: 'chat',
  threadId: 't',
  messageId: 'm',
  phase: 'streaming',
  sequence,
  startedAt: 0,
  held: millicredits(40_000),
  chargedSoFar: ZERO,
  text,
  making: null,
  creationIds: [],
  retryAt: null,
  ending: null,
})
const delta = (sequence: number, text: string) =>
  receiveDelta({ type: 'run.delta', operationId: 'a', sequence, text, chargedSoFar: ZERO })
const shown = () => useRunsStore.getState().runs['a']?.text

/** A host that answers every call from `answers`, in order of the names asked. */
function connect(answers: Readonly<Record<string, Result<RunView>>>): string[] {
  const asked: string[] = []
  const call = (name: string) => {
    asked.push(name)
    return Promise.resolve(answers[name] ?? failure('unknown', 'Not here'))
  }
  setBridge({
    door: 'browser',
    call: call as HostBridge['call'],
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
  })
  return asked
}

beforeEach(() => {
  vi.useFakeTimers()
  useRunsStore.setState({ runs: {} })
  return () => {
    vi.useRealTimers()
  }
})

describe('a reply that streams into the page', () => {
  it('gathers the pieces of a moment into one change', async () => {
    connect({})
    putRun(view(0, ''))
    const changed = vi.fn()
    const stop = useRunsStore.subscribe(changed)
    delta(1, 'One ')
    delta(2, 'two ')
    delta(3, 'three')
    await vi.advanceTimersByTimeAsync(100)
    stop()
    expect(shown()).toBe('One two three')
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('attaches once when pieces are missing, and then goes on from there', async () => {
    const asked = connect({ 'run.attach': success(view(4, 'One two three four ')) })
    putRun(view(1, 'One '))
    delta(3, 'three ')
    delta(4, 'four ')
    await vi.advanceTimersByTimeAsync(100)
    delta(5, 'five')
    await vi.advanceTimersByTimeAsync(100)
    expect(asked).toEqual(['run.attach'])
    expect(shown()).toBe('One two three four five')
  })

  it('keeps what it has when the host cannot be asked', async () => {
    connect({ 'run.attach': failure('host_unreachable', 'Not answering') })
    putRun(view(1, 'One '))
    delta(3, 'three')
    await vi.advanceTimersByTimeAsync(100)
    expect(shown()).toBe('One ')
  })

  it('does not lose pieces that wait while a whole view arrives', () => {
    connect({})
    putRun(view(1, 'One '))
    delta(2, 'two')
    putRun({ ...view(3, 'One two'), phase: 'ended' })
    expect(useRunsStore.getState().runs['a']).toMatchObject({ text: 'One two', phase: 'ended' })
  })

  it('takes the view a stop gives', async () => {
    connect({ 'run.stop': success({ ...view(7, 'One'), phase: 'ended' }) })
    putRun(view(1, 'One'))
    await stopRun('a')
    expect(useRunsStore.getState().runs['a']?.phase).toBe('ended')
  })
})
