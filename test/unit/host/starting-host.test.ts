import { describe, expect, it } from 'vitest'
import type { HostEvent } from '#shared/host/events.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Host } from '../../../src-main/host/host.ts'
import { whileStarting } from '../../../src-main/host/starting-host.ts'

const ONLINE: HostEvent = { type: 'online', online: true }

function fakeHost() {
  const listeners = new Set<(event: HostEvent) => void>()
  const host: Host = {
    dispatch: async (name) => success({ name }),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    media: () => ({ path: '/sound.wav', mediaType: 'audio/wav', bytes: 10 }),
    close: async () => undefined,
  }
  return { host, tell: (event: HostEvent) => listeners.forEach((listener) => listener(event)) }
}

describe('a host that is being started', () => {
  it('answers what was asked before it had started', async () => {
    const starting = Promise.withResolvers<Result<Host>>()
    const early = whileStarting(starting.promise).dispatch('app.open', {})
    starting.resolve(success(fakeHost().host))
    expect(await early).toEqual(success({ name: 'app.open' }))
  })

  it('tells its events to who listened before, and not to who left before', async () => {
    const { host, tell } = fakeHost()
    const starting = Promise.withResolvers<Result<Host>>()
    const waiting = whileStarting(starting.promise)
    const heard: string[] = []
    waiting.onEvent(() => heard.push('stays'))
    waiting.onEvent(() => heard.push('leaves'))()
    starting.resolve(success(host))
    await waiting.dispatch('app.open', {})
    tell(ONLINE)
    expect(heard).toEqual(['stays'])
  })

  it('has no creations before, and its own afterwards', async () => {
    const starting = Promise.withResolvers<Result<Host>>()
    const waiting = whileStarting(starting.promise)
    expect(waiting.media('sound')).toBeUndefined()
    starting.resolve(success(fakeHost().host))
    await waiting.dispatch('app.open', {})
    expect(waiting.media('sound')?.bytes).toBe(10)
  })

  it('answers every call with the reason when it could not start', async () => {
    const starting = Promise.withResolvers<Result<Host>>()
    const waiting = whileStarting(starting.promise)
    waiting.onEvent(() => undefined)()
    const early = waiting.dispatch('app.open', {})
    starting.resolve(failure('disk_full', 'The disk is full.'))
    const told = failure('cannot_start', 'The disk is full.')
    expect(await early).toEqual(told)
    expect(await waiting.dispatch('thread.list', {})).toEqual(told)
    await waiting.failureTold
  })
})
