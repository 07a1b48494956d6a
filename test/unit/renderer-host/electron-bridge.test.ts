import { expect, it } from 'vitest'
import { createElectronBridge } from '../../../src-renderer/host/electron-bridge.ts'

it('passes calls and events through the preload', async () => {
  const calls: unknown[] = []
  let listeners = 0
  const bridge = createElectronBridge({
    call: async (...call) => {
      calls.push(call)
      return { ok: true, data: [] }
    },
    onEvent: () => {
      listeners += 1
      return () => {
        listeners -= 1
      }
    },
  })
  expect(await bridge.call('threads.list', {})).toEqual({ ok: true, data: [] })
  expect(calls).toEqual([['threads.list', {}]])
  const stop = bridge.onEvent(() => {})
  expect(listeners).toBe(1)
  stop()
  expect(listeners).toBe(0)
})

it('never rejects, whatever the preload does', async () => {
  const bridge = createElectronBridge({
    call: () => Promise.reject(new Error('An object could not be cloned.')),
    onEvent: () => () => {},
  })
  expect(await bridge.call('threads.list', {})).toMatchObject({
    ok: false,
    error: { code: 'host_unreachable' },
  })
})
