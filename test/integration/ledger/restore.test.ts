import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quarantineTail, restoreFromBackup } from '../../../src-main/ledger/damage.ts'
import {
  codeOf,
  DAY,
  grantDraft,
  ledgerPorts,
  openTestLedger,
  temporaryFolder,
  unwrap,
} from '../../support/ledger.ts'
import {
  clock,
  file,
  folder,
  freshFolder,
  ledgerWith,
  open,
  records,
  removeFolder,
  spend,
} from '../../support/ledger-file.ts'

beforeEach(freshFolder)
afterEach(removeFolder)

describe('a ledger with backups', () => {
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
    expect(repair.entries).toBe(18)
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
    expect(repair.entries).toBe(8)
    expect(readdirSync(repair.kept)).toContain(last.file)
    const again = unwrap(open())
    expect(again.lastBackup()?.entries).toBe(8)
    await again.close()
  })

  it('has nothing to restore without a backup', async () => {
    await ledgerWith(2)
    expect(codeOf(restoreFromBackup(folder.path, ledgerPorts(clock)))).toBe('no_backup')
    expect(records()).toHaveLength(6)
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
    expect(unwrap(restoreFromBackup(folder.path, ledgerPorts(clock))).entries).toBe(8)
    const again = unwrap(open())
    expect(again.buckets()[0]).toMatchObject({ available: 97_000, spent: 3_000 })
    await again.close()
  })
})
