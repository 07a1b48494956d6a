import { expect, it } from 'vitest'
import { failure, type Result } from '#shared/result.ts'
import { useAppStore } from '../../../src-renderer/state/app-store.ts'
import { setBridge } from '../../../src-renderer/state/host.ts'
import { openApp } from '../../../src-renderer/state/start.ts'

/** A host that answers every call with the failure. */
function connect(answer: Result<never>): void {
  setBridge({
    door: 'browser',
    call: async () => answer,
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
  })
}

it('goes on saying why the host could not start once the host is gone', async () => {
  const why = failure('cannot_start', 'The disk is full.')
  connect(why)
  await openApp()
  connect(failure('host_unreachable', 'Tallystick is not answering.'))
  await openApp()
  expect(useAppStore.getState().error).toEqual(why.error)
})
