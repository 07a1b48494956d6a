import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quarantineTail, restoreFromBackup } from '../../../src-main/ledger/damage.ts'
import { openReader } from '../../../src-main/ledger/database.ts'
import { isSignedBy, openDeviceKey } from '../../../src-main/ledger/device-key.ts'
import type { EntryRecord } from '../../../src-main/ledger/entry-chain.ts'
import { openLedger, type OpenLedger } from '../../../src-main/ledger/open.ts'
import { success } from '#shared/host/result.ts'
import {
  codeOf,
  DAY,
  endingOf,
  grantDraft,
  HOUR,
  ledgerPorts,
  NOON,
  openTestLedger,
  operationOf,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

describe('a damaged ledger', () => {
  let folder = temporaryFolder()
  let clock = testClock()

  beforeEach(() => {
    folder = temporaryFolder()
    clock = testClock()
  })
  afterEach(() => folder.remove())

  const file = () => join(folder.path, 'ledger.sqlite')
  const open = () => openLedger(folder.path, ledgerPorts(clock))
  const spend = (ledger: OpenLedger, from: number, to: number) => {
    for (let n = from; n < to; n++) {
      clock.advance(1_000)
      unwrap(ledger.authorize(operationOf(`op-${n}`, 2)))
      unwrap(ledger.settle(`op-${n}`, endingOf(1)))
    }
  }

  /** A closed ledger of one grant and `runs` settled runs, two entries each. */
  async function ledgerWith(runs: number, backupAfter?: number): Promise<void> {
    const ledger = openTestLedger(folder.path, clock)
    unwrap(ledger.append([grantDraft('plan', 10_000)]))
    spend(ledger, 0, backupAfter ?? runs)
    if (backupAfter !== undefined) unwrap(await ledger.backup())
    if (backupAfter !== undefined) spend(ledger, backupAfter, runs)
    await ledger.close()
  }

  /** Changes what is stored, behind the ledger's back. */
  function tamper(sql: string): void {
    const db = new DatabaseSync(file())
    db.exec('DROP TRIGGER entry_never_changes; DROP TRIGGER entry_never_leaves')
    db.exec(sql)
    db.close()
  }

  function records(path = file()): readonly EntryRecord[] {
    const db = openReader(path)
    const rows = db.prepare('SELECT * FROM entry ORDER BY sequence').all()
    db.close()
    return rows as unknown as readonly EntryRecord[]
  }

  it('is noticed when an entry near the end was changed, and told what is sound', async () => {
    await ledgerWith(5)
    tamper(
      `UPDATE entry SET body = replace(body, '"amount":1000', '"amount":0900') WHERE sequence = 9`,
    )
    const before = readFileSync(file())
    expect(open()).toMatchObject({
      ok: false,
      error: { code: 'ledger_damaged', details: { lastGoodSequence: 8, damagedEntries: 3 } },
    })
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  it('sets the damaged end aside whole, goes on with what is sound, and says what is lost', async () => {
    await ledgerWith(5)
    const whole = records()
    tamper(`UPDATE entry SET body = replace(body, '1000', '0900') WHERE sequence = 9`)
    const damaged = readFileSync(file())
    const repair = unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    expect(repair.entries).toBe(8)
    expect(repair.setAside).toMatchObject({ count: 3, firstSequence: 9, lastSequence: 11 })
    expect(repair.setAside.charges.map(({ operationId }) => operationId)).toContain('op-4')
    expect(readFileSync(join(repair.kept, 'ledger.sqlite')).equals(damaged)).toBe(true)
    expect(records()).toEqual(whole.slice(0, 8))
    const ledger = unwrap(open())
    expect(ledger.openHolds().map(({ operation }) => operation.operationId)).toEqual(['op-3'])
    unwrap(ledger.void('op-3', { outcome: 'interrupted', reason: null }))
    spend(ledger, 10, 12)
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
    await ledger.close()
  })

  it('carries the checkpoint of a hold that is open again', async () => {
    const ledger = openTestLedger(folder.path, clock)
    unwrap(ledger.append([grantDraft('plan', 100)]))
    unwrap(ledger.authorize(operationOf('long', 2)))
    unwrap(ledger.checkpoint('long', { units: { outputTokens: 3 }, usageSource: 'local' }))
    spend(ledger, 0, 2)
    await ledger.close()
    tamper(`UPDATE entry SET hash = 'x' WHERE sequence = 6`)
    unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    const again = unwrap(open())
    const long = again.openHolds().find(({ operation }) => operation.operationId === 'long')
    expect(long?.checkpoint?.units).toEqual({ outputTokens: 3 })
    await again.close()
  })

  it('is found by verification when the change lies deep in the past', async () => {
    await ledgerWith(1_100)
    tamper(`UPDATE entry SET at = at + 1 WHERE sequence = 100`)
    const ledger = unwrap(open())
    const { entries, problems } = unwrap(await ledger.history.verify())
    expect(entries).toBe(99)
    expect(problems).toMatchObject([{ sequence: 100 }])
    await ledger.close()
  })

  it.each([
    'operation',
    'usage_day',
    'usage_month',
    'grant_balance',
    'entry_place',
    'snapshot',
    'series',
  ])('is found by verification when table %s no longer follows from the journal', async (table) => {
    await ledgerWith(520)
    const set = {
      operation: 'charged = 1',
      usage_day: 'charged = 1',
      usage_month: 'charged = 1',
      grant_balance: 'expired = 1',
      entry_place: 'sequence = 1',
      snapshot: 'at = 1',
      series: `subject = 'x'`,
    }[table]
    const ledger = unwrap(open())
    const db = new DatabaseSync(file())
    db.exec(`UPDATE ${table} SET ${set ?? ''}`)
    db.close()
    const { problems } = unwrap(await ledger.history.verify())
    expect(problems).toEqual([
      { sequence: null, message: expect.stringContaining(table) as string },
    ])
    await ledger.close()
  })

  it('rebuilds tables that disagree with the journal when it opens', async () => {
    await ledgerWith(5)
    tamper('UPDATE grant_balance SET available = 1')
    const ledger = unwrap(open())
    expect(ledger.buckets()[0]?.available).toBe(9_995_000)
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
    await ledger.close()
  })

  it('never lets an entry be changed or deleted, inside the file too', async () => {
    await ledgerWith(1)
    const db = new DatabaseSync(file())
    expect(() => db.exec('DELETE FROM entry')).toThrow(/never deleted/)
    expect(() => db.exec(`UPDATE entry SET at = 0`)).toThrow(/never change/)
    db.close()
  })

  it('is refused and repaired when its file was cut short', async () => {
    await ledgerWith(600)
    const whole = records()
    truncateSync(file(), Math.floor(readFileSync(file()).length / 2))
    expect(codeOf(open())).toBe('ledger_damaged')
    const repair = unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    expect(records()).toEqual(whole.slice(0, repair.entries))
    expect(codeOf(open())).toBe('ok')
  })

  it('is refused and repaired when a page in the middle was overwritten', async () => {
    await ledgerWith(300)
    const whole = records()
    const bytes = readFileSync(file())
    const page = 4_096
    const hit = bytes.indexOf('"operationId":"op-280"')
    bytes.fill(0xff, hit - (hit % page), hit - (hit % page) + page)
    writeFileSync(file(), bytes)
    expect(codeOf(open())).toBe('ledger_damaged')
    const repair = unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    expect(repair.entries).toBeLessThan(whole.length)
    expect(repair.entries + repair.setAside.count).toBe(whole.length)
    expect(records()).toEqual(whole.slice(0, repair.entries))
    expect(codeOf(open())).toBe('ok')
  })

  it('restores from a backup and adds what is readable beyond it: nothing is lost', async () => {
    await ledgerWith(300, 290)
    const whole = records()
    const bytes = readFileSync(file())
    const hit = bytes.indexOf('"operationId":"op-100"')
    bytes.fill(0xff, hit - (hit % 4_096), hit - (hit % 4_096) + 4_096)
    writeFileSync(file(), bytes)
    expect(unwrap(quarantineTrial()).entries).toBeLessThan(220)
    const repair = unwrap(restoreFromBackup(folder.path, ledgerPorts(clock)))
    expect(repair.setAside.count).toBe(0)
    expect(records()).toEqual(whole)
    const ledger = unwrap(open())
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
    await ledger.close()
  })

  /** What setting the tail aside would keep, tried on a copy. */
  function quarantineTrial() {
    const copy = temporaryFolder()
    copyFileSync(file(), join(copy.path, 'ledger.sqlite'))
    const repair = quarantineTail(copy.path, ledgerPorts(clock))
    copy.remove()
    return repair
  }

  it('restores the backup when there is no ledger file at all', async () => {
    await ledgerWith(10, 8)
    rmSync(file())
    expect(codeOf(open())).toBe('ledger_damaged')
    expect(existsSync(file())).toBe(false)
    const repair = unwrap(restoreFromBackup(folder.path, ledgerPorts(clock)))
    expect(repair.entries).toBe(17)
    expect(codeOf(open())).toBe('ok')
  })

  it('passes over a backup that is itself damaged', async () => {
    const ledger = openTestLedger(folder.path, clock)
    unwrap(ledger.append([grantDraft('plan', 100)]))
    spend(ledger, 0, 3)
    unwrap(await ledger.backup())
    clock.advance(DAY)
    spend(ledger, 3, 6)
    const last = unwrap(await ledger.backup())
    await ledger.close()
    writeFileSync(join(folder.path, 'backups', last.file), 'nothing')
    rmSync(file())
    const repair = unwrap(restoreFromBackup(folder.path, ledgerPorts(clock)))
    expect(repair.entries).toBe(7)
    expect(readdirSync(repair.kept)).toContain(last.file)
    const again = unwrap(open())
    expect(again.lastBackup()?.entries).toBe(7)
    await again.close()
  })

  it('has nothing to restore without a backup', async () => {
    await ledgerWith(2)
    expect(codeOf(restoreFromBackup(folder.path, ledgerPorts(clock)))).toBe('no_backup')
    expect(records()).toHaveLength(5)
  })

  it('notices a lost write-ahead log once a backup knows better', async () => {
    const ledger = openTestLedger(folder.path, clock)
    unwrap(ledger.append([grantDraft('plan', 100)]))
    const early = temporaryFolder()
    spend(ledger, 0, 3)
    unwrap(await ledger.backup())
    copyFileSync(file(), join(early.path, 'ledger.sqlite'))
    await ledger.close()
    copyFileSync(join(early.path, 'ledger.sqlite'), file())
    early.remove()
    expect(codeOf(open())).toBe('ledger_damaged')
    expect(unwrap(restoreFromBackup(folder.path, ledgerPorts(clock))).entries).toBe(7)
    const again = unwrap(open())
    expect(again.buckets()[0]).toMatchObject({ available: 97_000, spent: 3_000 })
    await again.close()
  })

  it('finishes a repair that a crash cut off between its last two steps', async () => {
    await ledgerWith(3)
    const good = readFileSync(file())
    writeFileSync(file(), 'damaged')
    writeFileSync(join(folder.path, 'ledger.sqlite-wal'), 'of the damaged file')
    writeFileSync(join(folder.path, 'ledger.mended.sqlite'), good)
    const ledger = unwrap(open())
    expect(ledger.head().sequence).toBe(7)
    await ledger.close()
  })

  it('is not repaired while it is open', async () => {
    const ledger = openTestLedger(folder.path, clock)
    expect(codeOf(quarantineTail(folder.path, ledgerPorts(clock)))).toBe('ledger_in_use')
    await ledger.close()
  })
})

describe('backups', () => {
  let folder = temporaryFolder()
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('are due after a day, whole, and signed by the device', async () => {
    const secrets = new Map<string, string>()
    const place = {
      read: (name: string) => success(secrets.get(name) ?? null),
      write: (name: string, value: string) => {
        secrets.set(name, value)
        return success(null)
      },
    }
    const signer = unwrap(openDeviceKey(place))
    expect(unwrap(openDeviceKey(place)).publicKey).toBe(signer.publicKey)
    const clock = testClock()
    const ledger = unwrap(openLedger(folder.path, { ...ledgerPorts(clock), signer }))
    expect(ledger.lastBackup()).toBeNull()
    expect(ledger.isBackupDue()).toBe(true)
    unwrap(ledger.append([grantDraft('plan', 100)]))
    const made = unwrap(await ledger.backup())
    expect(made).toMatchObject({ at: NOON, entries: 1 })
    expect(ledger.isBackupDue()).toBe(false)
    clock.advance(25 * HOUR)
    expect(ledger.isBackupDue()).toBe(true)
    const seal = JSON.parse(
      readFileSync(join(folder.path, 'backups', made.file.replace('.sqlite', '.json')), 'utf8'),
    ) as { head: ReturnType<OpenLedger['head']>; signature: string; publicKey: string }
    expect(seal.head).toEqual(ledger.head())
    expect(isSignedBy(signer.publicKey, seal.head, seal.signature)).toBe(true)
    expect(isSignedBy(signer.publicKey, { ...seal.head, sequence: 2 }, seal.signature)).toBe(false)
    await ledger.close()
  })

  it('are kept for some days, one a day, and the newest always', async () => {
    const clock = testClock()
    const ledger = openTestLedger(folder.path, clock)
    unwrap(ledger.append([grantDraft('plan', 100)]))
    for (let n = 0; n < 20; n++) {
      clock.advance(12 * HOUR)
      unwrap(await ledger.backup())
    }
    const kept = ledger.backups()
    expect(kept[0]?.at).toBe(NOON + 240 * HOUR)
    expect(kept).toHaveLength(11)
    expect(readdirSync(join(folder.path, 'backups')).sort()).toHaveLength(22)
    await ledger.close()
  })

  it('are made while runs go on', async () => {
    const ledger = openTestLedger(folder.path)
    unwrap(ledger.append([grantDraft('plan', 10_000)]))
    const making = ledger.backup()
    for (let n = 0; n < 200; n++) unwrap(ledger.authorize(operationOf(`op-${n}`, 1)))
    const made = unwrap(await making)
    expect(made.entries).toBeGreaterThanOrEqual(1)
    expect(ledger.openHolds()).toHaveLength(200)
    await ledger.close()
  })
})
