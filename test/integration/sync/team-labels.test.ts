import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostEvent } from '#shared/host/events.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { encodeTailItem } from '#shared/records/sealed.ts'
import { indexDocument, STRETCH, tailDocument } from '#shared/records/stretches.ts'
import type { Label } from '#shared/usage/labels.ts'
import { followTeamLabels } from '../../../src-main/host/team-labels.ts'
import { LEDGER_FILE } from '../../../src-main/ledger/damage.ts'
import { openReader } from '../../../src-main/ledger/database.ts'
import { readLabels } from '../../../src-main/ledger/labels.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import { createIndexWriter } from '../../../src-main/sync/records/index-document.ts'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { openRecordLog, type RecordLog } from '../../../src-main/sync/records/record-log.ts'
import { createReplica, type Replica } from '../../../src-main/sync/records/replica/replica.ts'
import {
  endingOf,
  grantDraft,
  openTestLedger,
  operationOf,
  type TemporaryFolder,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'
import { logOf, recordsOf, seeded } from '../../support/records.ts'
import { silentLog } from '../../support/silent-log.ts'

/** A machine with op-0 … op-5, of which the last runs on; another has the same, as a copy does. */
interface Machine {
  readonly deviceId: string
  readonly folder: TemporaryFolder
  readonly clock: ReturnType<typeof testClock>
  readonly ledger: OpenLedger
  readonly log: RecordLog
  /** What it has of the other. */
  readonly replica: Replica
  readonly events: HostEvent[]
}

async function machine(deviceId: string): Promise<Machine> {
  const folder = temporaryFolder()
  const clock = testClock()
  const ledger = openTestLedger(folder.path, clock)
  unwrap(ledger.append([grantDraft('plan', 1_000)]))
  for (let n = 0; n < 6; n++) {
    clock.advance(1_000)
    unwrap(ledger.authorize(operationOf(`op-${n}`, 2, { subject: n < 2 ? 'design' : '' })))
    if (n < 5) unwrap(ledger.settle(`op-${n}`, endingOf(1)))
  }
  const log = await openRecordLog({
    ledger,
    labelled: ledger.labelled,
    directory: folder.path,
    deviceId: () => deviceId,
  })
  const replica = createReplica({
    directory: folder.path,
    automerge: loadAutomerge,
    ids: { next: randomUUID },
  })
  return { deviceId, folder, clock, ledger, log, replica, events: [] }
}

let one: Machine
let two: Machine
let stops: (() => void)[] = []

beforeEach(async () => {
  one = await machine('device-1')
  two = await machine('device-2')
})

afterEach(async () => {
  for (const stop of stops) stop()
  stops = []
  for (const { log, replica, ledger, folder } of [one, two]) {
    log.close()
    replica.close()
    await ledger.close()
    folder.remove()
  }
})

function write(on: Machine, operations: readonly number[], value: string): void {
  on.clock.advance(10)
  const ids = operations.map((n) => `op-${n}`)
  unwrap(on.ledger.label(ids, { subject: value, note: `${value}, by ${on.deviceId}` }, on.deviceId))
}

function follow({ ledger, replica, events }: Machine): void {
  const emit = (event: HostEvent) => void events.push(event)
  stops.push(followTeamLabels({ ledger, replica, events: { emit }, log: silentLog }))
}

/** Everything `from` has to tell, some records at a time, each item twice. */
async function tell(from: Machine, to: Machine): Promise<void> {
  const document = tailDocument(from.deviceId, 1)
  const items: Uint8Array[] = []
  for (let at = to.replica.records(from.deviceId, 1)?.length ?? 0; at < from.log.head().sequence;) {
    const more = from.log.after(at, 3_000)
    if (!more) throw new Error('There is no more')
    items.push(encodeTailItem({ from: at + 1, batch: more.batch }))
    at = more.to.sequence
  }
  for (const item of items) {
    const at = to.replica.position(document)
    unwrap(await to.replica.take(document, at, [item]))
    unwrap(await to.replica.take(document, at, [item]))
  }
  await quiet()
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

async function shown({ ledger }: Machine) {
  const groups = unwrap(await ledger.history.groups({ filter: {}, by: 'subject' }))
  const { rows } = unwrap(await ledger.history.page({ filter: {}, limit: 100 }))
  return {
    groups: Object.fromEntries(
      groups.map(({ key, operations, charged }) => [key, [operations, charged]]),
    ),
    rows: rows.map(({ operationId, subject, note }) => [operationId, subject, note]),
  }
}

function labelsOf({ folder }: Machine): readonly Label[] {
  const db = openReader(`${folder.path}/${LEDGER_FILE}`)
  const all = [...readLabels(db)]
  db.close()
  return all
}

const toldBy = ({ log, deviceId }: Machine): readonly Label[] =>
  log
    .recordsAfter(0, STRETCH)
    .flatMap(({ body }) => (body.type === 'label' ? body.labels : []))
    .map((label) => ({ ...label, deviceId }))

describe('labels of other machines', () => {
  it('end alike on both, in whatever order and however often they come', async () => {
    write(one, [0, 1, 2], 'early')
    write(two, [1, 2, 3], 'late')
    two.clock.advance(1_000)
    write(two, [2, 5], 'latest')
    write(one, [3], 'at once')
    write(one, [0], 'again')
    const random = seeded(7)
    for (const [to, from] of [
      [one, two],
      [two, one],
    ] as const) {
      const all = [...toldBy(from), ...toldBy(to), ...toldBy(from)]
      for (const label of all.sort(() => random() - 0.5)) unwrap(to.ledger.labelled.take([label]))
      unwrap(to.ledger.labelled.take(all))
    }
    expect(await shown(one)).toEqual(await shown(two))
    expect(labelsOf(one)).toEqual(labelsOf(two))
    const { groups } = await shown(one)
    expect(groups).toEqual({
      again: [1, 1_000],
      late: [1, 1_000],
      latest: [2, 1_000],
      'at once': [1, 1_000],
      '': [1, 1_000],
    })
    expect(unwrap(await one.ledger.history.verify()).problems).toEqual([])
  })

  it('come by the records, move what is grouped, are told to windows and told no further', async () => {
    const edits = toldBy(two).length
    follow(two)
    write(one, [0, 3, 5], 'research')
    await tell(one, two)
    const { groups, rows } = await shown(two)
    expect(groups).toEqual({ research: [3, 2_000], design: [1, 1_000], '': [2, 2_000] })
    expect(rows[0]).toEqual(['op-5', 'research', 'research, by device-1'])
    expect(two.events).toEqual([
      {
        type: 'labels',
        operationIds: ['op-0', 'op-3', 'op-5'],
        edit: { subject: 'research', note: 'research, by device-1' },
      },
    ])
    expect(toldBy(two)).toHaveLength(edits)
    // The run that goes on ends under its new subject.
    unwrap(two.ledger.settle('op-5', endingOf(2)))
    expect((await shown(two)).groups).toMatchObject({ research: [3, 4_000] })
  })

  it('give way to what is written here later, whatever the other clock said', async () => {
    follow(one)
    follow(two)
    one.clock.advance(1_000_000)
    write(one, [1], 'from ahead')
    await tell(one, two)
    write(two, [1], 'the last word')
    await tell(two, one)
    expect((await shown(one)).rows).toEqual((await shown(two)).rows)
    expect((await shown(one)).groups).toMatchObject({ 'the last word': [1, 1_000] })
  })

  it('stay outside the ledger where it does not have the run, and come when it is followed anew', async () => {
    unwrap(one.ledger.authorize(operationOf('elsewhere', 2)))
    unwrap(one.ledger.settle('elsewhere', endingOf(1)))
    unwrap(one.ledger.label(['elsewhere'], { subject: 'theirs' }, one.deviceId))
    follow(two)
    await tell(one, two)
    expect(labelsOf(two)).toEqual([])
    expect(two.replica.labelsAfter(0, 10).map(({ label }) => label.value)).toEqual(['theirs'])
    unwrap(two.ledger.authorize(operationOf('elsewhere', 2)))
    follow(two)
    await quiet()
    expect((await shown(two)).groups).toMatchObject({ theirs: [1, 0] })
  })

  it('are fetched where they were sealed before anybody here read them', async () => {
    const runs = recordsOf(one.deviceId, STRETCH * 2)
    const at = 40
    const label: DeviceRecord = {
      ...(runs[at] as DeviceRecord),
      body: {
        type: 'label',
        labels: [{ operationId: 'op-4', field: 'subject', value: 'sealed', editedAt: 9 }],
      },
    }
    const log = logOf(runs.with(at, label))
    const writer = createIndexWriter(one.deviceId)
    const [first, second] = [1, 2].map((stretch) => {
      const sealed = log.segment(stretch)
      if (!sealed) throw new Error('It is not full')
      return sealed
    })
    if (!first || !second) throw new Error('Two are full')
    const changes = [writer.add(first), writer.add(second)]
    unwrap(await two.replica.take(indexDocument(one.deviceId), 0, changes))
    follow(two)
    expect(await two.replica.seekLabels()).toBe(true)
    // The second holds nothing but runs.
    expect(two.replica.wanted()).toEqual([first.name])
    unwrap(await two.replica.takeSegment(first.name, first.bytes))
    await quiet()
    expect((await shown(two)).groups).toMatchObject({ sealed: [1, 1_000] })
    expect(await two.replica.seekLabels()).toBe(false)
  })
})
