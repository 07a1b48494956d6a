import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quarantineTail } from '../../../src-main/ledger/damage.ts'
import {
  codeOf,
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
  ledgerWith,
  open,
  records,
  removeFolder,
  spend,
  tamper,
} from '../../support/ledger-file.ts'

beforeEach(freshFolder)
afterEach(removeFolder)

describe('the damaged end of a ledger', () => {
  it('sets the damaged end aside whole, goes on with what is sound, and says what is lost', async () => {
    await ledgerWith(5)
    const whole = records()
    tamper(`UPDATE entry SET body = replace(body, '1000', '0900') WHERE sequence = 10`)
    const damaged = readFileSync(file())
    const repair = unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    expect(repair.entries).toBe(9)
    expect(repair.setAside).toMatchObject({ count: 3, firstSequence: 10, lastSequence: 12 })
    expect(repair.setAside.charges.map(({ operationId }) => operationId)).toContain('op-4')
    expect(readFileSync(join(repair.kept, 'ledger.sqlite')).equals(damaged)).toBe(true)
    expect(records()).toEqual(whole.slice(0, 9))
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
    tamper(`UPDATE entry SET hash = 'x' WHERE sequence = 7`)
    unwrap(quarantineTail(folder.path, ledgerPorts(clock)))
    const again = unwrap(open())
    const long = again.openHolds().find(({ operation }) => operation.operationId === 'long')
    expect(long?.checkpoint?.units).toEqual({ outputTokens: 3 })
    await again.close()
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

  it('finishes a repair that a crash cut off between its last two steps', async () => {
    await ledgerWith(3)
    const good = readFileSync(file())
    writeFileSync(file(), 'damaged')
    writeFileSync(join(folder.path, 'ledger.sqlite-wal'), 'of the damaged file')
    writeFileSync(join(folder.path, 'ledger.repaired.sqlite'), good)
    const ledger = unwrap(open())
    expect(ledger.head().sequence).toBe(8)
    await ledger.close()
  })

  it('is not repaired while it is open', async () => {
    const ledger = openTestLedger(folder.path, clock)
    expect(codeOf(quarantineTail(folder.path, ledgerPorts(clock)))).toBe('ledger_in_use')
    await ledger.close()
  })
})
