import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Label } from '#shared/usage/labels.ts'
import type { UsageGrouping } from '#shared/usage/filter.ts'
import { quarantineTail, restoreFromBackup } from '../../../src-main/ledger/damage.ts'
import { openReader } from '../../../src-main/ledger/database.ts'
import { addLabels, readLabels } from '../../../src-main/ledger/labels.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  DAY,
  endingOf,
  grantDraft,
  ledgerPorts,
  openTestLedger,
  operationOf,
  unwrap,
} from '../../support/ledger.ts'
import {
  clock,
  file,
  folder,
  freshFolder,
  open,
  removeFolder,
  tamper,
} from '../../support/ledger-file.ts'

beforeEach(freshFolder)
afterEach(removeFolder)

const DEVICE = 'device-1'

/** Runs op-0 … op-5, a day apart, of one credit each: design, design, '', '', '', running. */
function sixRuns(): OpenLedger {
  const ledger = openTestLedger(folder.path, clock)
  unwrap(ledger.append([grantDraft('plan', 1_000)]))
  for (let n = 0; n < 6; n++) {
    clock.advance(DAY)
    unwrap(ledger.authorize(operationOf(`op-${n}`, 2, { subject: n < 2 ? 'design' : '' })))
    if (n < 5) unwrap(ledger.settle(`op-${n}`, endingOf(1)))
  }
  return ledger
}

async function groups(ledger: OpenLedger, by: UsageGrouping = 'subject') {
  const found = unwrap(await ledger.history.groups({ filter: {}, by }))
  return Object.fromEntries(
    found.map(({ key, operations, charged }) => [key, [operations, charged]]),
  )
}

async function subjects(ledger: OpenLedger) {
  const { rows } = unwrap(await ledger.history.page({ filter: {}, limit: 100 }))
  return Object.fromEntries(rows.map(({ operationId, subject }) => [operationId, subject]))
}

describe('a subject given later', () => {
  it('moves the operation in groups, filters, pages and the export', async () => {
    const ledger = sixRuns()
    const changed = ledger.label(
      ['op-0', 'op-3', 'op-4', 'nobody'],
      { subject: 'research' },
      DEVICE,
    )
    expect(unwrap(changed)).toBe(3)
    expect(await groups(ledger)).toEqual({
      research: [3, 3_000],
      design: [1, 1_000],
      '': [2, 1_000],
    })
    const filter = { subjects: ['research'] }
    const { rows } = unwrap(await ledger.history.page({ filter, limit: 100 }))
    expect(rows.map(({ operationId }) => operationId)).toEqual(['op-4', 'op-3', 'op-0'])
    expect(unwrap(await ledger.history.count({ search: 'research' }))).toBe(3)
    const days = unwrap(await ledger.history.days(filter))
    expect(days.map(({ parts }) => parts[0]?.charged)).toEqual([1_000, 1_000, 1_000])
    let csv = ''
    for await (const piece of ledger.history.exportCsv(filter)) csv += unwrap(piece)
    expect(csv.split('\r\n')).toHaveLength(5)
    expect(csv).toContain(',research,')
    await ledger.close()
  })

  it('can be taken away, and given to a run that goes on', async () => {
    const ledger = sixRuns()
    unwrap(ledger.label(['op-0'], { subject: '' }, DEVICE))
    unwrap(ledger.label(['op-5'], { subject: 'live' }, DEVICE))
    expect(await groups(ledger)).toMatchObject({ live: [1, 0], '': [4, 4_000] })
    unwrap(ledger.settle('op-5', endingOf(2)))
    expect(await groups(ledger)).toEqual({
      '': [4, 4_000],
      live: [1, 2_000],
      design: [1, 1_000],
    })
    await ledger.close()
  })

  it('leaves the journal and the charge as they were, and the facts as recorded', async () => {
    const ledger = sixRuns()
    const head = ledger.head()
    unwrap(ledger.label(['op-1'], { subject: 'research', note: 'Second draft' }, DEVICE))
    expect(ledger.head()).toEqual(head)
    const { row, facts } = unwrap(await ledger.history.explain('op-1'))
    expect(row).toMatchObject({ subject: 'research', note: 'Second draft', charged: 1_000 })
    expect(facts.subject).toBe('design')
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
    await ledger.close()
  })

  it('changes nothing when it says what is so already', async () => {
    const ledger = sixRuns()
    expect(unwrap(ledger.label(['op-0'], { subject: 'design', note: '' }, DEVICE))).toBe(0)
    await ledger.close()
    expect(labels()).toEqual([])
  })

  it('is the last word even when the clock was turned back', async () => {
    const ledger = sixRuns()
    unwrap(ledger.label(['op-0'], { subject: 'first' }, DEVICE))
    clock.set(clock.now() - 100 * DAY)
    unwrap(ledger.label(['op-0'], { subject: 'second' }, DEVICE))
    await ledger.close()
    const [label] = labels()
    expect(label).toMatchObject({ value: 'second', deviceId: DEVICE })
    const again = unwrap(open())
    expect((await subjects(again))['op-0']).toBe('second')
    await again.close()
  })
})

describe('labels', () => {
  it('outlast a rebuild of every derived table', async () => {
    const ledger = sixRuns()
    unwrap(ledger.label(['op-0', 'op-4'], { subject: 'research', note: 'n' }, DEVICE))
    const before = [await groups(ledger), await groups(ledger, 'day'), await subjects(ledger)]
    await ledger.close()
    tamper('UPDATE grant_balance SET available = 1')
    const again = unwrap(open())
    expect([await groups(again), await groups(again, 'day'), await subjects(again)]).toEqual(before)
    expect(unwrap(await again.history.verify()).problems).toEqual([])
    await again.close()
  })

  it('come back with a backup, with what was written since', async () => {
    const ledger = sixRuns()
    unwrap(ledger.label(['op-0', 'op-1'], { subject: 'early' }, DEVICE))
    unwrap(await ledger.backup())
    clock.advance(1_000)
    unwrap(ledger.label(['op-1', 'op-2'], { subject: 'late' }, DEVICE))
    await ledger.close()
    unwrap(restoreFromBackup(folder.path, ledgerPorts(clock)))
    const restored = unwrap(open())
    expect(await subjects(restored)).toMatchObject({
      'op-0': 'early',
      'op-1': 'late',
      'op-2': 'late',
    })
    expect(await groups(restored)).toMatchObject({ early: [1, 1_000], late: [2, 2_000] })
    await restored.close()
    writeFileSync(file(), 'nothing')
    unwrap(restoreFromBackup(folder.path, ledgerPorts(clock)))
    const older = unwrap(open())
    expect(await subjects(older)).toMatchObject({ 'op-0': 'early', 'op-1': 'early', 'op-2': '' })
    expect(unwrap(await older.history.verify()).problems).toEqual([])
    await older.close()
  })

  it('are carried when the damaged end of a ledger is set aside', async () => {
    const ledger = sixRuns()
    unwrap(ledger.label(['op-0'], { subject: 'kept' }, DEVICE))
    await ledger.close()
    tamper(`UPDATE entry SET hash = 'x' WHERE sequence = 8`)
    unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    const again = unwrap(open())
    expect(await groups(again)).toMatchObject({ kept: [1, 1_000] })
    await again.close()
  })

  it('of two machines: the later word stays, and of two at once the same one everywhere', () => {
    const label = (value: string, editedAt: number, deviceId: string): Label => ({
      operationId: 'op',
      field: 'subject',
      value,
      editedAt,
      deviceId,
    })
    const written = [label('b', 5, 'one'), label('a', 5, 'two'), label('c', 4, 'three')]
    const orders = [written, written.toReversed(), [written[1], written[2], written[0]]]
    for (const order of orders) {
      rmSync(join(folder.path, 'ledger.sqlite'), { force: true })
      void openTestLedger(folder.path, clock).close()
      const db = new DatabaseSync(file())
      addLabels(db, order as readonly Label[])
      expect([...readLabels(db)]).toEqual([label('a', 5, 'two')])
      db.close()
      rmSync(folder.path, { recursive: true })
    }
  })

  it('of a ledger made before there were any begin empty', async () => {
    const ledger = sixRuns()
    await ledger.close()
    const db = new DatabaseSync(file())
    db.exec(
      'DROP TABLE label; DROP TABLE label_edit; ALTER TABLE grant_balance DROP COLUMN elsewhere',
    )
    db.exec('PRAGMA user_version = 2')
    db.close()
    const moved = unwrap(open())
    unwrap(moved.label(['op-0'], { subject: 'new' }, DEVICE))
    expect(await groups(moved)).toMatchObject({ new: [1, 1_000] })
    await moved.close()
  })
})

function labels(): readonly Label[] {
  const db = openReader(file())
  const all = [...readLabels(db)]
  db.close()
  return all
}
