import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isSignedBy, openDeviceKey } from '../../../src-main/ledger/device-key.ts'
import { openLedger, type OpenLedger } from '../../../src-main/ledger/open.ts'
import { success } from '#shared/result.ts'
import {
  grantDraft,
  HOUR,
  ledgerPorts,
  NOON,
  openTestLedger,
  operationOf,
  unwrap,
} from '../../support/ledger.ts'
import { clock, folder, freshFolder, removeFolder } from '../../support/ledger-file.ts'

describe('backups', () => {
  beforeEach(freshFolder)
  afterEach(removeFolder)

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
