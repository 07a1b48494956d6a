/** Who issues this ledger's credits, and which of them this machine may spend (design: leases). */

import type { AccountState } from '#shared/account/account.ts'
import { packAccount } from '#shared/account/snapshot.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Issuer, LeaseLine } from '#shared/journal/lease-facts.ts'
import { type DeviceLease, followLease } from '#shared/lease/device-lease.ts'

/** A catalog in force from a moment on, until the next one. */
export interface CatalogFrom {
  readonly version: string
  readonly from: number
}

export interface TeamState {
  readonly issuer: Issuer
  readonly lease: DeviceLease
  /** How far the issuer's entries have been taken up. */
  readonly read: number
  /** The hash of its journal at that position; empty if it did not say. */
  readonly readHash: string
  /** What was in force while the app was its own issuer; it returns to that when it leaves. */
  readonly home: { readonly account: AccountSnapshot; readonly terms: readonly CatalogFrom[] }
}

/** The state an entry is applied to. */
interface Before {
  readonly team: TeamState | null
  readonly account: AccountState
  readonly terms: readonly CatalogFrom[]
}

/** The team state after one more entry; null while the app is its own issuer. */
export function followTeam({ team, account, terms }: Before, entry: EntryDraft): TeamState | null {
  const { facts } = entry
  if (facts.kind === 'authority') {
    const lease = followLease(null, entry)
    if (!facts.issuer || !lease) return null
    const home = team?.home ?? { account: packAccount(account), terms }
    return { issuer: facts.issuer, lease, read: 0, readHash: '', home }
  }
  if (facts.kind === 'read') {
    if (!team || facts.entries <= team.read) throw new Error(`Entry ${entry.id} reads nothing new`)
    return { ...team, read: facts.entries, readHash: facts.hash ?? '' }
  }
  if (facts.kind !== 'lease' && facts.kind !== 'return') return team
  const lease = followLease(team?.lease ?? null, entry)
  if (!team || !lease) throw new Error(`Entry ${entry.id} is of a lease, and there is no issuer`)
  return { ...team, lease }
}

/** The catalogs in force by date, after one more entry. An issuer brings its own. */
export function followTerms({ team, terms }: Before, { facts }: EntryDraft): Before['terms'] {
  switch (facts.kind) {
    case 'catalog':
      return [...terms, { version: facts.source.version, from: facts.from }]
    case 'catalog-term': {
      const { version, from } = facts
      return [...terms.filter((term) => term.version !== version), { version, from }]
    }
    case 'authority':
      return facts.issuer ? [] : (team?.home.terms ?? terms)
    default:
      return terms
  }
}

/** The form in a snapshot. */
export interface PackedTeam extends Omit<TeamState, 'lease'> {
  readonly lease: Omit<DeviceLease, 'lines'> & { readonly lines: readonly LeaseLine[] }
}

export function packTeam({ lease, ...team }: TeamState): PackedTeam {
  return { ...team, lease: { ...lease, lines: [...lease.lines.values()] } }
}

export function unpackTeam({ lease, ...team }: PackedTeam): TeamState {
  const lines = new Map(lease.lines.map((line) => [line.grantId, line]))
  // A snapshot of an older version has no hash.
  const readHash = (team.readHash as string | undefined) ?? ''
  return { ...team, readHash, lease: { ...lease, lines } }
}
