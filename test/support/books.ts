/** An account's books in memory, with a clock that stands where it is put. */

import { entriesDue } from '#shared/account/due.ts'
import { openEntry } from '#shared/account/open.ts'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog, withEntries } from '#shared/account/state.ts'
import { type Catalog, readCatalog } from '#shared/catalog/catalog.ts'
import { type Credits, creditsToDecimal } from '#shared/credits/amount.ts'
import { availableAt, drawFrom } from '#shared/credits/burn-down.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { credits, defaultCatalogJson } from './credits.ts'

type Json = Record<string, unknown>

/** The shipped catalog with other values in some places. */
export function catalogWith(changes: Json): Catalog {
  const read = readCatalog({ ...defaultCatalogJson(), ...changes })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.catalog
}

/** Two plans, small and large, with the given policies; a pack, an add-on and codes. */
export function plainCatalog(plan: Json = {}, changes: Json = {}): Catalog {
  const base = { description: '', price: null, perSeat: false, packs: true, addOns: true }
  return catalogWith({
    version: 'plain-1',
    defaultPlan: 'small',
    plans: [
      { ...base, id: 'small', name: 'Small', allowance: '100', ...plan },
      { ...base, id: 'large', name: 'Large', allowance: '1000', ...plan },
    ],
    ...changes,
  })
}

export interface Bookkeeper {
  books(): Books
  now(): number
  /** The ids of all that was written, in order. */
  written(): readonly string[]
  /** Moves to a moment and writes what is due; gives the ids of what was written. */
  at(time: string): readonly string[]
  write(entries: readonly EntryDraft[]): void
  publish(catalog: Catalog, from: string): void
  /** Spends at once, from whichever grants pay; gives the draws. */
  spend(amount: string): readonly Draw[]
  /** What may be spent, as a decimal. */
  available(): string
}

/** Opens an account at `time`, on the catalog's default plan unless told. */
export function keepBooks(
  catalog: Catalog,
  time: string,
  { timeZone = 'Europe/Berlin', planId = catalog.defaultPlan, seats = 1 } = {},
): Bookkeeper {
  let now = Date.parse(time)
  const written: string[] = []
  let books: Books = { account: withCatalog(EMPTY_ACCOUNT, catalog, 0), balances: new Map() }
  const write = (entries: readonly EntryDraft[]) => {
    books = withEntries(books, entries)
    written.push(...entries.map(({ id }) => id))
  }
  const tick = () => {
    const due = entriesDue(books, now)
    write(due)
    return due.map(({ id }) => id)
  }
  write([openEntry('me', { timeZone, startsAt: now }, planId, seats)])
  tick()
  return {
    books: () => books,
    now: () => now,
    written: () => written,
    at(moment) {
      now = Date.parse(moment)
      return tick()
    },
    write,
    publish(next, from) {
      books = { ...books, account: withCatalog(books.account, next, Date.parse(from)) }
    },
    spend(amount) {
      const drawn = drawFrom(books.balances.values(), credits(amount), now)
      if (!drawn.ok) throw new Error(`Only ${creditsToDecimal(drawn.available)} are available`)
      write([spending(drawn.draws)])
      return drawn.draws
    },
    available: () => creditsToDecimal(availableAt(books.balances.values(), now)),
  }
}

/** An entry that spends at once, which only tests do. */
function spending(draws: readonly Draw[]): EntryDraft {
  return {
    id: 'spend',
    facts: { kind: 'expire', grantId: '' },
    postings: draws.flatMap(({ grantId, amount }) => [
      { grantId, bucket: 'available' as const, amount: -amount as Credits },
      { grantId, bucket: 'spent' as const, amount },
    ]),
  }
}
