import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foldEntries } from '#shared/journal/balance.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import { LEASE_TERM } from '#shared/lease/policy.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import { createTestIssuer, granting, opening, type TestIssuer } from '../../support/issuer.ts'
import {
  codeOf,
  DAY,
  endingOf,
  grantDraft,
  grantOf,
  HOUR,
  NOON,
  openTestLedger,
  operationOf,
  temporaryFolder,
  type TemporaryFolder,
  type TestClock,
  testCatalogSource,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

let folder: TemporaryFolder
let clock: TestClock
let ledger: OpenLedger
let issuer: TestIssuer

beforeEach(() => {
  folder = temporaryFolder()
  clock = testClock()
  ledger = openTestLedger(folder.path, clock)
  issuer = createTestIssuer()
})
afterEach(async () => {
  await ledger.close()
  folder.remove()
})

async function reopen(): Promise<void> {
  await ledger.close()
  ledger = openTestLedger(folder.path, clock)
}

const CATALOG = { kind: 'catalog', from: 0, source: testCatalogSource }

/** Joins a team of one grant, of which so much is leased. */
function join(credits: number, leased: number): void {
  const news = issuer.news(opening(), CATALOG, granting(grantOf('pool', credits)))
  const lease = issuer.lease({ pool: leased })
  unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [], news, lease }))
}

const spendable = () => availableAt(ledger.spendable(), ledger.now()) / 1_000

/** Holds and settles; gives what became of it. */
function run(id: string, credits: number): string {
  const held = ledger.authorize(operationOf(id, credits))
  if (!held.ok) return held.error.code
  return codeOf(ledger.settle(id, endingOf(credits)))
}

/** The balances are what all entries come to, and the derived tables say the same. */
async function expectSound(): Promise<void> {
  const entries = [...ledger.entriesSince(0)]
  const folded = foldEntries(entries)
  for (const bucket of ledger.buckets()) {
    const { grant: _grant, ...amounts } = bucket
    expect(folded.get(bucket.grant.id)).toMatchObject(amounts)
  }
  expect(unwrap(await ledger.history.verify()).problems).toEqual([])
}

describe('a machine under a lease', () => {
  it('spends it to the last credit offline, and no more', async () => {
    join(1_000, 100)
    clock.advance(20 * DAY)
    expect(run('a', 60)).toBe('ok')
    expect(run('b', 40.002)).toBe('lease_short')
    expect(run('c', 40)).toBe('ok')
    expect(run('d', 0.002)).toBe('lease_short')
    const refused = ledger.authorize(operationOf('e', 1))
    expect(!refused.ok && refused.error.details).toEqual({
      available: 0,
      needed: 1_000,
      elsewhere: 900_000,
    })
    await expectSound()
  })

  it('says that the credits are gone where the team has no more either', () => {
    join(100, 100)
    expect(run('a', 100)).toBe('ok')
    expect(run('b', 1)).toBe('insufficient_credits')
  })

  it('takes up more, by what the totals grew', () => {
    join(1_000, 100)
    expect(run('a', 100)).toBe('ok')
    unwrap(ledger.takeLease(issuer.lease({ pool: 150 })))
    expect(spendable()).toBe(50)
    expect(ledger.lease()).toMatchObject({ version: 2 })
  })

  it('stops when the lease is over, gives back, and goes on when it is renewed', async () => {
    join(1_000, 100)
    clock.advance(LEASE_TERM - 1)
    expect(run('a', 10)).toBe('ok')
    expect(codeOf(ledger.authorize(operationOf('open', 20)))).toBe('ok')
    clock.advance(1)
    expect(run('b', 10)).toBe('lease_over')
    unwrap(ledger.giveBackLapsed())
    const [pool] = ledger.buckets()
    expect(pool).toMatchObject({ available: 0, held: 20_000, spent: 10_000, elsewhere: 970_000 })

    // A run that was open is settled still, and what it gives back goes back too.
    expect(codeOf(ledger.settle('open', endingOf(5)))).toBe('ok')
    unwrap(ledger.giveBackLapsed())
    unwrap(ledger.giveBackLapsed())
    expect(ledger.buckets()[0]).toMatchObject({ available: 0, held: 0, elsewhere: 985_000 })

    unwrap(ledger.takeLease(issuer.lease({ pool: 130 }, { at: clock.now() })))
    expect(spendable()).toBe(30)
    expect(run('c', 30)).toBe('ok')
    await expectSound()
  })

  it('cannot gain time by turning its clock back', () => {
    join(1_000, 100)
    clock.advance(LEASE_TERM)
    clock.set(NOON)
    expect(run('a', 1)).toBe('lease_over')
  })

  it('goes by the issuer’s time again once that is heard, though its clock was ahead by a year', async () => {
    join(1_000, 100)
    clock.set(NOON + 400 * DAY)
    expect(run('a', 1)).toBe('lease_over')
    unwrap(ledger.giveBackLapsed())
    clock.set(NOON)
    clock.advance(HOUR)
    const at = clock.now()
    expect(run('b', 1)).toBe('lease_over')

    ledger.heard(at)
    unwrap(ledger.takeLease(issuer.lease({ pool: 200 }, { at })))
    const written = ledger.head()
    unwrap(ledger.giveBackLapsed())
    expect(ledger.head()).toEqual(written)
    expect(spendable()).toBe(100)
    expect(run('c', 40)).toBe('ok')
    const times = [...ledger.entriesSince(0)].map((entry) => entry.at)
    expect(times).toEqual(times.toSorted((one, other) => one - other))

    // Grants that ended by the wrong clock alone are there still, and for good.
    unwrap(ledger.takeEntries(issuer.news(granting(grantOf('new', 50, { expiresAt: at + DAY })))))
    unwrap(ledger.takeLease(issuer.lease({ pool: 200, new: 50 }, { at })))
    await reopen()
    ledger.heard(at)
    unwrap(ledger.giveBackLapsed())
    unwrap(ledger.takeLease(issuer.lease({ pool: 260, new: 50 }, { at })))
    expect(spendable()).toBe(60 + 60 + 50)
    await expectSound()
  })

  it('ends with the issuer’s time, also while its own clock stands or it sleeps', () => {
    join(1_000, 100)
    ledger.heard(NOON + 29 * DAY)
    expect(run('a', 1)).toBe('ok')
    clock.set(clock.now() + DAY)
    expect(run('b', 1)).toBe('lease_over')
    clock.set(NOON)
    ledger.heard(NOON + 29 * DAY)
    expect(run('c', 1)).toBe('ok')
    clock.advance(DAY)
    clock.set(NOON)
    expect(run('d', 1)).toBe('lease_over')
  })

  it('knows the issuer’s time, whatever its own clock says', async () => {
    join(1_000, 100)
    const later = NOON + 29 * DAY
    unwrap(ledger.takeLease(issuer.lease({ pool: 100 }, { at: later, expiresAt: later + HOUR })))
    expect(ledger.now()).toBe(later)
    await reopen()
    expect(ledger.now()).toBe(later)
    clock.advance(HOUR)
    expect(run('a', 1)).toBe('lease_over')
  })

  it('goes on at the reset without the network, on what was leased of the next cycle', () => {
    const reset = NOON + 5 * DAY
    const news = issuer.news(
      opening(),
      CATALOG,
      granting(grantOf('this', 100, { expiresAt: reset })),
      granting(grantOf('next', 50, { effectiveAt: reset, expiresAt: reset + 30 * DAY })),
    )
    const lease = issuer.lease({ this: 100, next: 50 })
    unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [], news, lease }))
    expect(run('a', 100)).toBe('ok')
    expect(run('b', 1)).not.toBe('ok')
    clock.advance(5 * DAY)
    expect(run('c', 50)).toBe('ok')
  })

  it('leaves a line alone from the moment that it is not to be used', () => {
    const news = issuer.news(opening(), CATALOG, granting(grantOf('pool', 100)))
    const lease = issuer.lease({ pool: 100 }, { until: { pool: NOON + DAY } })
    unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [], news, lease }))
    clock.advance(DAY - 1)
    expect(run('a', 10)).toBe('ok')
    clock.advance(1)
    expect(run('b', 10)).toBe('lease_short')
    unwrap(ledger.giveBackLapsed())
    expect(ledger.buckets()[0]).toMatchObject({ available: 0, elsewhere: 90_000 })
  })

  it('gives back what is asked for, and what pays last first', () => {
    const news = issuer.news(
      opening(),
      CATALOG,
      granting(grantOf('first', 100, { priority: 1 })),
      granting(grantOf('last', 100, { priority: 2 })),
    )
    const lease = issuer.lease({ first: 60, last: 60 })
    unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [], news, lease }))
    unwrap(ledger.giveBackRecalled({ keep: 70_000 as never, others: [] }))
    expect(ledger.buckets().map(({ available }) => available)).toEqual([60_000, 10_000])
    unwrap(ledger.giveBackRecalled({ keep: 70_000 as never, others: [] }))
    expect(spendable()).toBe(70)
  })
})

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

describe('what a server says', () => {
  const statement = (patch: Partial<LeaseStatement>): LeaseStatement => ({
    accountId: 'team-1',
    deviceId: 'device-1',
    version: 2,
    issuedAt: NOON,
    expiresAt: NOON + DAY,
    entries: 3,
    lines: [{ grantId: 'pool', granted: 200_000 as never, until: null }],
    ...patch,
  })

  beforeEach(() => join(1_000, 100))

  it.each<[string, string, Partial<LeaseStatement>]>([
    ['of another team', 'lease_not_ours', { accountId: 'team-2' }],
    ['of another machine', 'lease_not_ours', { deviceId: 'device-2' }],
    ['that is older', 'lease_stale', { version: 0 }],
    ['that is ahead of its entries', 'lease_early', { entries: 4 }],
    [
      'of credits that it never told of',
      'lease_incomplete',
      { lines: [{ grantId: 'other', granted: 1_000 as never, until: null }] },
    ],
    [
      'of more than there is',
      'lease_not_valid',
      { lines: [{ grantId: 'pool', granted: 1_000_001 as never, until: null }] },
    ],
    [
      'that shrinks',
      'lease_not_valid',
      { lines: [{ grantId: 'pool', granted: 99_000 as never, until: null }] },
    ],
  ])('is refused when it is a lease %s', (_what, code, patch) => {
    const before = ledger.head()
    expect(codeOf(ledger.takeLease(issuer.sign(statement(patch))))).toBe(code)
    expect(ledger.head()).toEqual(before)
    expect(spendable()).toBe(100)
  })

  it.each<[string, Partial<LeaseStatement>]>([
    ['lines', { lines: [{ grantId: 'pool', granted: 900_000 as never, until: null }] }],
    ['end', { expiresAt: NOON + 365 * DAY }],
    ['time', { issuedAt: NOON + 1 }],
    ['version', { version: 9 }],
  ])('is refused when its %s were changed on the way', (_what, patch) => {
    const before = ledger.head()
    const { signature } = issuer.sign(statement({}))
    const changed = ledger.takeLease({ statement: statement(patch), signature })
    expect(codeOf(changed)).toBe('lease_forged')
    expect(ledger.head()).toEqual(before)
  })

  it.each(['', 'no signature', 'A'.repeat(86)])('is refused with the signature "%s"', (signature) =>
    expect(codeOf(ledger.takeLease({ statement: statement({}), signature }))).toBe('lease_forged'),
  )

  it('changes nothing when it comes twice', () => {
    const lease = issuer.lease({ pool: 150 })
    const news = issuer.news(granting(grantOf('more', 10)))
    unwrap(ledger.takeLease(lease))
    unwrap(ledger.takeEntries(news))
    const after = ledger.head()
    unwrap(ledger.takeLease(lease))
    unwrap(ledger.takeEntries(news))
    expect(ledger.head()).toEqual(after)
  })

  it('is asked for again when some of it is missing, and taken up from where it was known', () => {
    const first = issuer.news(granting(grantOf('a', 10)))
    const second = issuer.news(granting(grantOf('b', 10)))
    expect(codeOf(ledger.takeEntries(second))).toBe('entries_gap')
    const both = { after: 0, to: second.to, entries: [...first.entries, ...second.entries] }
    unwrap(ledger.takeEntries(first))
    unwrap(ledger.takeEntries(both))
    expect(ledger.buckets().map(({ grant }) => grant.id)).toEqual(['a', 'b', 'pool'])
  })

  it.each<[string, string, { kind: string } & Record<string, unknown>]>([
    ['a grant of less than nothing', 'entries_invalid', granting(grantOf('x', -1))],
    [
      'a grant of fractions',
      'entries_invalid',
      { kind: 'grant', grant: { ...grantOf('x', 1), amount: 0.5 } },
    ],
    ['no grant', 'entries_invalid', { kind: 'grant', grant: { id: 'x' } }],
    [
      'another catalog of a version it has',
      'catalog_differs',
      { ...CATALOG, source: { ...testCatalogSource, name: 'Other' } },
    ],
    [
      'a catalog it cannot read',
      'catalog_unreadable',
      { ...CATALOG, source: { version: 'x', name: 'x', format: 99 } },
    ],
  ])('is refused whole when it is %s', (_what, code, facts) => {
    const before = ledger.head()
    const news = issuer.news(granting(grantOf('good', 10)), facts)
    expect(codeOf(ledger.takeEntries(news))).toBe(code)
    expect(ledger.head()).toEqual(before)
  })

  it('is passed over where this version does not know it', () => {
    const news = issuer.news(
      { kind: 'newer-thing', of: 'tomorrow' },
      { kind: 'account', change: { type: 'newer-change', value: 1 } },
      { kind: 'report', deviceId: 'device-2' },
    )
    unwrap(ledger.takeEntries(news))
    expect(ledger.entriesRead()).toBe(news.to)
  })

  it('puts off the end of what is still known here', () => {
    unwrap(ledger.takeEntries(issuer.news(granting(grantOf('a', 10, { expiresAt: NOON + DAY })))))
    const extend = { kind: 'extend', grantIds: ['a', 'unknown'], because: 'b' }
    unwrap(ledger.takeEntries(issuer.news({ ...extend, expiresAt: NOON + 9 * DAY })))
    const bucket = ledger.buckets().find(({ grant }) => grant.id === 'a')
    expect(bucket?.grant.expiresAt).toBe(NOON + 9 * DAY)
  })

  it('puts off the end of what seemed over for months, and leases of it', () => {
    const ends = NOON + DAY
    const later = NOON + 300 * DAY
    unwrap(ledger.takeEntries(issuer.news(granting(grantOf('a', 10, { expiresAt: ends })))))
    clock.advance(200 * DAY)
    unwrap(ledger.takeLease(issuer.lease({ pool: 100 }, { at: clock.now() })))
    const extend = { kind: 'extend', grantIds: ['a'], because: 'b', expiresAt: later }
    unwrap(ledger.takeEntries(issuer.news(extend)))
    unwrap(ledger.takeLease(issuer.lease({ pool: 100, a: 5 }, { at: clock.now() })))
    const bucket = ledger.buckets().find(({ grant }) => grant.id === 'a')
    expect(bucket).toMatchObject({ available: 5_000, grant: { expiresAt: later } })
  })

  it('takes credits that were revoked out of use', () => {
    const revoked = { kind: 'revoke', grantId: 'pool', reason: 'Charged back', closes: true }
    unwrap(ledger.takeEntries(issuer.news(revoked)))
    expect(run('a', 1)).toBe('lease_short')
    unwrap(ledger.giveBackLapsed())
    expect(ledger.buckets()[0]).toMatchObject({ available: 0, elsewhere: 1_000_000 })
  })
})

describe('a restart', () => {
  it('between any two steps changes nothing', async () => {
    const steps: readonly (() => void)[] = [
      () => unwrap(ledger.append([grantDraft('own', 30)])),
      () => {
        const own = { grantId: 'own', granted: 30_000 as never, until: null }
        const news = issuer.news(
          opening(),
          CATALOG,
          granting(grantOf('own', 30)),
          granting(grantOf('pool', 500, { expiresAt: NOON + 90 * DAY })),
        )
        const lease = issuer.lease({ own: 30, pool: 40 })
        unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [own], news, lease }))
      },
      () => unwrap(ledger.authorize(operationOf('a', 60))),
      () => unwrap(ledger.settle('a', endingOf(55))),
      () => unwrap(ledger.takeLease(issuer.lease({ own: 30, pool: 140 }))),
      () => unwrap(ledger.takeEntries(issuer.news(granting(grantOf('gift', 5))))),
      () => unwrap(ledger.authorize(operationOf('b', 20))),
      () => clock.advance(LEASE_TERM),
      () => unwrap(ledger.giveBackLapsed()),
      () => unwrap(ledger.void('b', { outcome: 'failed', reason: 'x' })),
      () => unwrap(ledger.giveBackLapsed()),
      () => {
        const lease = issuer.lease({ own: 40, pool: 200, gift: 5 }, { at: clock.now() })
        unwrap(ledger.takeLease(lease))
      },
      () => expect(run('c', 60)).toBe('ok'),
    ]
    for (const step of steps) {
      step()
      const before = [ledger.buckets(), ledger.lease(), ledger.head(), ledger.entriesRead()]
      await reopen()
      const after = [ledger.buckets(), ledger.lease(), ledger.head(), ledger.entriesRead()]
      expect(after).toEqual(before)
    }
    await expectSound()
  })
})
