import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestIssuer, granting, opening } from '../../support/issuer.ts'
import {
  codeOf,
  endingOf,
  grantDraft,
  grantOf,
  operationOf,
  testCatalogSource,
  unwrap,
} from '../../support/ledger.ts'
import {
  CATALOG,
  expectSound,
  freshLedger,
  issuer,
  ledger,
  removeLedger,
  run,
  spendable,
} from '../../support/leased-ledger.ts'

beforeEach(freshLedger)
afterEach(removeLedger)

describe('joining and leaving', () => {
  it('leaves its own credits with it as its first lease, and open runs go on', async () => {
    unwrap(ledger.append([grantDraft('own', 50)]))
    expect(codeOf(ledger.authorize(operationOf('open', 20)))).toBe('ok')
    const own = { grantId: 'own', granted: 50_000 as never, until: null }
    const news = issuer.news(opening(), CATALOG, granting(grantOf('own', 50)))
    const lease = issuer.lease({ own: 50 })
    unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [own], news, lease }))
    expect(codeOf(ledger.settle('open', endingOf(5)))).toBe('ok')
    expect(spendable()).toBe(45)
    expect(ledger.entriesRead()).toBe(3)
    await expectSound()
  })

  it('is one step: a lease that is not the issuer’s changes nothing', () => {
    const before = ledger.head()
    const news = issuer.news(opening(), CATALOG, granting(grantOf('pool', 50)))
    const lease = createTestIssuer().lease({ pool: 50 })
    const joined = ledger.arrive({ issuer: issuer.issuer, lines: [], news, lease })
    expect(codeOf(joined)).toBe('lease_forged')
    expect([ledger.head(), ledger.issuer()]).toEqual([before, null])
  })

  it('goes home with its account, its catalogs and a last lease without end', async () => {
    unwrap(ledger.append([grantDraft('own', 50)]))
    const versions = ledger.catalogs()
    const own = { grantId: 'own', granted: 50_000 as never, until: null }
    const source = { ...testCatalogSource, version: 'team-9' }
    const news = issuer.news(
      opening(),
      { kind: 'catalog', from: 5, source },
      granting(grantOf('own', 50)),
    )
    const lease = issuer.lease({ own: 50 })
    unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [own], news, lease }))
    expect(ledger.catalogs().map(({ version, from }) => [version, from])).toEqual([['team-9', 5]])
    const home = ledger.home()
    expect(run('a', 10)).toBe('ok')
    unwrap(ledger.giveBackAll())
    expect(run('b', 1)).not.toBe('ok')
    expect(home).not.toBeNull()
    if (home) unwrap(ledger.depart(home, issuer.lease({ own: 90 })))
    expect(ledger.issuer()).toBeNull()
    expect(ledger.catalogs()).toEqual(versions)
    expect(run('c', 40)).toBe('ok')
    await expectSound()
  })
})
