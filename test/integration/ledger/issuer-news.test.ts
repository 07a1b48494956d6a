import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import { granting } from '../../support/issuer.ts'
import { codeOf, DAY, grantOf, NOON, testCatalogSource, unwrap } from '../../support/ledger.ts'
import {
  CATALOG,
  clock,
  freshLedger,
  issuer,
  join,
  ledger,
  removeLedger,
  run,
  spendable,
} from '../../support/leased-ledger.ts'

beforeEach(freshLedger)
afterEach(removeLedger)

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
