/** A server process that is killed between a payment and its grant, and started again. */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CARDS, typeCard } from '../../support/sandbox-browser.ts'
import { createTeam } from '../../support/server-machines.ts'
import { eventually } from '../../support/team-world.ts'

const ENTRY = path.join(import.meta.dirname, '..', '..', '..', 'src-server', 'main.ts')
const PACK = 500_000
const order = { kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode: null } as const

let directory: string
let child: ChildProcess | null = null
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tallystick-killed-'))
})
afterEach(async () => {
  await kill()
  rmSync(directory, { recursive: true, force: true })
})

async function start(): Promise<string> {
  const started = spawn(process.execPath, [ENTRY], {
    env: { ...process.env, TALLYSTICK_SERVER_DATA: directory, TALLYSTICK_SERVER_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child = started
  let said = ''
  for await (const chunk of started.stderr as AsyncIterable<Buffer>) {
    said += chunk.toString()
    const address = /server is at (http:\S+)/.exec(said)?.[1]
    if (address) {
      started.stderr.resume()
      return address
    }
  }
  throw new Error(`The server did not start: ${said}`)
}

async function kill(): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Does something to the store while the server has it too. */
function inStore<T>(work: (store: DatabaseSync) => T): T {
  const store = new DatabaseSync(path.join(directory, 'tallystick.sqlite'), { timeout: 5_000 })
  try {
    return work(store)
  } finally {
    store.close()
  }
}

/** The place at which the process gets no further. */
const STOPS = {
  'before the grant is written':
    "BEFORE INSERT ON account_entry WHEN new.id LIKE 'grant:purchase:%'",
  'after the grant, before that is noted':
    "BEFORE UPDATE OF state ON purchase WHEN new.state = 'granted'",
} as const

describe('a server that is killed between payment and grant', () => {
  it.each(Object.entries(STOPS))('%s, grants once when it is there again', async (_when, where) => {
    const address = await start()
    const ada = await createTeam(address)
    await ada.must('plan.change', { changeId: randomUUID(), planId: 'creator', seats: 1 })
    const { price } = await ada.must('purchase.quote', { order })
    const purchaseId = randomUUID()
    const begun = await ada.must('purchase.start', { purchaseId, order, acceptedPrice: price })
    const before = (await ada.must('team.read', {})).pool
    inStore((store) =>
      store.exec(`CREATE TRIGGER stop ${where} BEGIN SELECT RAISE(ABORT, 'stopped'); END`),
    )
    await typeCard(begun.payUrl!, CARDS.good)
    await eventually(
      () => ada.must('purchase.read', { purchaseId }),
      ({ state }) => state === 'paid',
    )
    await kill()
    inStore((store) => store.exec('DROP TRIGGER stop'))

    const again = await start()
    await eventually(
      () => ada.call('purchase.read', { purchaseId }, again),
      ({ result }) => result.ok && result.data.state === 'granted',
    )
    const { result } = await ada.call('team.read', {}, again)
    expect(result).toMatchObject({ data: { pool: { available: before.available + PACK } } })
    const grants = inStore((store) =>
      store.prepare("SELECT id FROM account_entry WHERE id LIKE 'grant:purchase:%'").all(),
    )
    expect(grants).toHaveLength(1)
  })
})
