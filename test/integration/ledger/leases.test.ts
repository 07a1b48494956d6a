import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LEASE_TERM } from '#shared/lease/policy.ts'
import { granting, opening } from '../../support/issuer.ts'
import {
  codeOf,
  DAY,
  endingOf,
  grantDraft,
  grantOf,
  HOUR,
  NOON,
  operationOf,
  unwrap,
} from '../../support/ledger.ts'
import {
  CATALOG,
  clock,
  expectSound,
  freshLedger,
  issuer,
  join,
  ledger,
  removeLedger,
  reopen,
  run,
  spendable,
} from '../../support/leased-ledger.ts'

beforeEach(freshLedger)
afterEach(removeLedger)

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

  it('has what the issuer wrote at once, though it heard the time a message later or from another process', () => {
    join(1_000, 100)
    ledger.heard(NOON)
    const granted = (id: string, ahead: number) => {
      const at = NOON + ahead
      const { entries, ...news } = issuer.news(granting(grantOf(id, 50, { effectiveAt: at })))
      unwrap(ledger.takeEntries({ ...news, entries: entries.map((one) => ({ ...one, at })) }))
    }
    granted('soon', 5)
    unwrap(ledger.takeLease(issuer.lease({ pool: 100, soon: 50 })))
    expect(spendable()).toBe(150)
    // What another process says of the time does not take it away again.
    ledger.heard(NOON + 1)
    expect(spendable()).toBe(150)
    // A clock that is far ahead is wrong: what is said of the time counts.
    granted('later', HOUR)
    unwrap(ledger.takeLease(issuer.lease({ pool: 100, soon: 50, later: 50 })))
    expect(spendable()).toBe(150)
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
