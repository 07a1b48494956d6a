import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesDue } from '#shared/account/due.ts'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withEntries } from '#shared/account/state.ts'
import { isInForce, paysFor } from '#shared/credits/grant.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import type { EntryDraft, EntryKind } from '#shared/journal/journal.ts'
import type { AccountWorld } from '../../support/account-world.ts'
import { createPlayer, type Happening, stories } from './stories.ts'

const YEAR = 366 * 24 * 3_600_000

/** What an entry says, apart from when it was written down. */
const saying = ({ id, facts, postings }: EntryDraft) => ({ id, facts, postings })

/** The fold of a journal, as a machine that received it makes it. */
function replica(world: AccountWorld, batches: readonly number[]): Books {
  const { catalogs } = world.books().account
  const journal = JSON.parse(JSON.stringify(world.journal())) as EntryDraft[]
  let books: Books = { account: { ...EMPTY_ACCOUNT, catalogs }, balances: EMPTY_BALANCE }
  for (const size of [...batches, journal.length]) {
    books = withEntries(books, journal.splice(0, size))
  }
  return books
}

describe('whatever happens to an account, under any catalogs', () => {
  test('the journal stays balanced, and no grant is overdrawn', () => {
    const written = new Map<EntryKind, number>()
    fc.assert(
      fc.property(stories, (story) => {
        const { world, play, end } = createPlayer(story)
        for (const happening of story.happenings) {
          play(happening)
          world.audit()
        }
        world.wait(YEAR)
        end()
        world.audit()
        for (const { held } of world.books().balances.values()) assert.equal(held, 0)
        for (const { facts } of world.journal()) {
          written.set(facts.kind, (written.get(facts.kind) ?? 0) + 1)
        }
      }),
      { numRuns: 150 },
    )
    // Stories in which little happens would prove little.
    const kinds: readonly EntryKind[] = [
      ...(['grant', 'expire', 'account', 'extend', 'rollover', 'revoke', 'refund'] as const),
      ...(['hold', 'settle', 'void'] as const),
    ]
    for (const kind of kinds) expect([kind, (written.get(kind) ?? 0) > 20]).toEqual([kind, true])
  })

  test('overage is drawn on only by runs that everything else does not cover', () => {
    let drawn = 0
    fc.assert(
      fc.property(stories, (story) => {
        const { world, play } = createPlayer(story)
        for (const happening of story.happenings) {
          const before = world.books()
          const entries = world.journal().length
          play(happening)
          const hold = world
            .journal()
            .slice(entries)
            .find(({ facts }) => facts.kind === 'hold')
          if (!hold) continue
          const taken = new Map(
            hold.postings
              .filter(({ bucket }) => bucket === 'held')
              .map(({ grantId, amount }) => [grantId, amount]),
          )
          const isOverage = (id: string) => before.balances.get(id)!.grant.source === 'overage'
          if (![...taken.keys()].some(isOverage)) continue
          drawn += 1
          for (const { grant, available } of before.balances.values()) {
            if (grant.source === 'overage' || !isInForce(grant, world.now())) continue
            if (paysFor(grant, 'op')) assert.equal(taken.get(grant.id) ?? 0, available)
          }
        }
      }),
      { numRuns: 150 },
    )
    expect(drawn).toBeGreaterThan(20)
  })

  test('looking once writes what looking any number of times would', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.integer({ min: 1, max: 9 })), (story, looks) => {
        const once = createPlayer(story)
        let at = 0
        const often = createPlayer(story, () => looks[at++ % Math.max(1, looks.length)] ?? 5)
        const year: Happening = { kind: 'wait', time: YEAR }
        for (const happening of [...story.happenings, year]) {
          once.play(happening)
          often.play(happening)
        }
        assert.deepEqual(often.world.journal().map(saying), once.world.journal().map(saying))
        assert.deepEqual(often.world.books(), once.world.books())
      }),
      { numRuns: 150 },
    )
  })

  test('every replica of the same facts has the same balance and owes the same', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(12)), (story, batches) => {
        const { world, play } = createPlayer(story)
        for (const happening of story.happenings) play(happening)
        const books = replica(world, batches)
        assert.deepEqual(books, world.books())
        const later = world.now() + YEAR
        assert.deepEqual(entriesDue(books, later), entriesDue(world.books(), later))
      }),
      { numRuns: 150 },
    )
  })
})
