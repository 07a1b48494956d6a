/** Trouble with the ledger's file while the host is running: told by an event, over by itself. */

import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HostEvent } from '#shared/host/events.ts'
import type { HostError } from '#shared/result.ts'
import { createLedgerProbe } from '../../../src-main/host/ledger-probe.ts'
import { LOOK_MS, watchLedger } from '../../../src-main/host/ledger-watch.ts'
import { openLedger } from '../../../src-main/ledger/open.ts'
import { systemTimers } from '../../../src-main/ports/time.ts'
import { chat, openHostWorld } from '../../support/host-world.ts'
import {
  codeOf,
  grantDraft,
  ledgerPorts,
  operationOf,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'
import { createManualTime } from '../../support/manual-time.ts'

let folder = temporaryFolder()
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

it('tells that the file is gone before anybody asks, and that it is back', async () => {
  const timers = {
    after: (ms: number, run: () => void) => systemTimers.after(ms === LOOK_MS ? 20 : ms, run),
  }
  const world = unwrap(await openHostWorld(folder.path, { timers }))
  const told = () =>
    world.events
      .filter((event): event is Extract<HostEvent, { type: 'ledger' }> => event.type === 'ledger')
      .map(({ status }) => (status.state === 'failing' ? status.error.code : status.state))
  const file = join(folder.path, 'ledger.sqlite')

  renameSync(file, `${file}.away`)
  await expect.poll(told).toEqual(['ledger_gone'])
  expect((await world.ask('app.open', {})).ledger).toMatchObject({ state: 'failing' })
  const threadId = crypto.randomUUID()
  await world.ask('threads.create', { threadId })
  const request = chat(threadId)
  const { promisedMaximum } = await world.ask('quote.read', { request })
  const started = await world.call('run.start', {
    operationId: crypto.randomUUID(),
    request,
    acceptedMaximum: promisedMaximum,
  })
  expect(codeOf(started)).toBe('ledger_gone')

  renameSync(`${file}.away`, file)
  await expect.poll(told).toEqual(['ledger_gone', 'ok'])
  expect((await world.run(request)).ending).toMatchObject({ status: 'settled' })
  await world.host.close()
})

it('hears of a write that the disk refused, and looks until the disk takes one', async () => {
  const time = createManualTime()
  const opened = unwrap(openLedger(folder.path, ledgerPorts(testClock())))
  unwrap(opened.append([grantDraft('plan', 100)]))
  const full: HostError = { code: 'disk_full', message: 'The disk is full.' }
  let disk: HostError | null = full
  const looks: boolean[] = []
  const heard: (string | undefined)[] = []
  const watch = watchLedger(
    {
      ...opened,
      authorize: (facts) => (disk ? { ok: false, error: disk } : opened.authorize(facts)),
    },
    {
      timers: time,
      probe: async (write) => {
        looks.push(write)
        return write ? disk : null
      },
      changed: () => heard.push(watch.trouble()?.code),
    },
  )
  await time.advance(LOOK_MS)
  expect(heard).toEqual([])
  expect(codeOf(watch.ledger.authorize(operationOf('one', 2)))).toBe('disk_full')
  expect(codeOf(watch.ledger.authorize(operationOf('two', 2)))).toBe('disk_full')
  expect(heard).toEqual(['disk_full'])
  await time.advance(LOOK_MS)
  expect(heard).toEqual(['disk_full'])
  disk = null
  await time.advance(LOOK_MS)
  expect(heard).toEqual(['disk_full', undefined])
  expect(looks).toEqual([false, true, true])
  watch.close()
  await opened.close()
})

it('takes a sound folder for sound, also when it tries to write', async () => {
  const opened = unwrap(openLedger(folder.path, ledgerPorts(testClock())))
  const probe = createLedgerProbe(folder.path)
  expect([await probe(false), await probe(true)]).toEqual([null, null])
  await opened.close()
})
