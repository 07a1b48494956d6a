/**
 * What an issuer's entries write on a device (design: leases). A grant arrives as credits that are
 * elsewhere; changes of the account are copied; the rest is the issuer's own business. Ids are
 * derived from the place in the issuer's journal, so each entry is taken up once.
 */

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { accountChangeSchema, grantSchema } from '#shared/account/written.ts'
import { ZERO } from '#shared/credits/amount.ts'
import type { Grant } from '#shared/credits/grant.ts'
import type { BalanceState } from '#shared/journal/balance.ts'
import { catalogEntry, catalogEntryId, grantEntryId } from '#shared/journal/entries.ts'
import type { Entry, EntryDraft, EntryFacts } from '#shared/journal/journal.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { parseSource } from './catalogs.ts'

/** An entry of the issuer, as it came over the wire. */
export interface IssuerEntry {
  readonly sequence: number
  readonly id: string
  readonly at: number
  readonly facts: { readonly kind: string } & Readonly<Record<string, unknown>>
}

/** The entries of an issuer's journal after `after` up to `to`, as far as they concern devices. */
export interface IssuerNews {
  readonly after: number
  readonly to: number
  readonly entries: readonly IssuerEntry[]
  /** The hash of the issuer's journal at `to`; older servers do not send it. */
  readonly hash?: string | undefined
}

/** What this device already knows. */
export interface Known {
  readonly accountId: string
  /**
   * This machine's id in the team; a machine that rejoins gets a new one and takes everything up
   * again.
   */
  readonly deviceId: string
  /** Including what the news so far brought. */
  balances(): BalanceState
  find(entryId: string): Entry | null
}

const moment = z.int().min(0)
const id = z.string().min(1).max(200)
const SHAPES = {
  grant: z.object({ grant: grantSchema }),
  extend: z.object({ grantIds: z.array(id).max(5_000), expiresAt: moment, because: id }),
  revoke: z.object({ grantId: id, reason: z.string().max(500), closes: z.boolean() }),
  account: z.object({ change: accountChangeSchema }),
  catalog: z.object({
    from: moment,
    source: z.looseObject({ version: z.string().max(200), name: z.string().max(200) }),
  }),
} as const

/**
 * What one of an issuer's entries writes here; nothing if it does not concern this device or is
 * unknown to this version. Fails with `entries_invalid` on what cannot be.
 */
export function draftsOf(entry: IssuerEntry, known: Known): Result<readonly EntryDraft[]> {
  const { facts } = entry
  switch (facts.kind) {
    case 'grant': {
      const read = SHAPES.grant.safeParse(facts)
      return read.success ? success(takeGrant(read.data.grant, known)) : invalid(entry)
    }
    case 'extend': {
      const read = SHAPES.extend.safeParse(facts)
      return read.success ? success(takeExtension(entry, read.data, known)) : invalid(entry)
    }
    case 'catalog': {
      const read = SHAPES.catalog.safeParse(facts)
      return read.success ? takeCatalog(entry, read.data, known) : invalid(entry)
    }
    case 'account': {
      if (!isKnownChange(facts['change'])) return success([])
      const read = SHAPES.account.safeParse(facts)
      const change = read.success && { kind: 'account' as const, ...read.data }
      return change ? success([fact(entry, change, known)]) : invalid(entry)
    }
    case 'revoke': {
      const read = SHAPES.revoke.safeParse(facts)
      const revoke = read.success && { kind: 'revoke' as const, ...read.data }
      return revoke ? success([fact(entry, revoke, known)]) : invalid(entry)
    }
    default:
      return success([])
  }
}

const KNOWN_CHANGES: ReadonlySet<unknown> = new Set(
  accountChangeSchema.options.map(({ shape }) => shape.type.value),
)

const isKnownChange = (change: unknown) =>
  KNOWN_CHANGES.has((change as { readonly type?: unknown } | null | undefined)?.type)

/** The fact without postings: whatever it moved, it moved in the issuer's journal. */
function fact({ sequence }: IssuerEntry, facts: EntryFacts, known: Known): EntryDraft {
  return { id: `issuer:${known.accountId}:${known.deviceId}:${sequence}`, facts, postings: [] }
}

/**
 * A new grant, none of it here. A known one may have been extended while this machine was away; one
 * that seems long over may be extended by a later entry, and have been leased since.
 */
function takeGrant(grant: Grant, { balances, find }: Known): readonly EntryDraft[] {
  const { id: grantId, amount } = grant
  if (find(grantEntryId(grantId)) || balances().has(grantId)) return putOff(grant, balances())
  const postings = [
    { grantId, bucket: 'issued', amount: -amount as typeof amount },
    { grantId, bucket: 'elsewhere', amount },
  ] as const
  const facts = { kind: 'grant', grant } as const
  return [{ id: grantEntryId(grantId), facts, postings: amount === ZERO ? [] : postings }]
}

function putOff({ id: grantId, expiresAt }: Grant, balances: BalanceState): readonly EntryDraft[] {
  const present = balances.get(grantId)?.grant.expiresAt ?? null
  if (present === null || expiresAt === null || expiresAt <= present) return []
  const facts = { kind: 'extend', grantIds: [grantId], expiresAt, because: grantId } as const
  return [{ id: `extend:${grantId}:${expiresAt}`, facts, postings: [] }]
}

/** Only of grants still known here that do not already last as long. */
function takeExtension(
  entry: IssuerEntry,
  extension: z.output<typeof SHAPES.extend>,
  known: Known,
): readonly EntryDraft[] {
  const grantIds = extension.grantIds.filter((grantId) => {
    const present = known.balances().get(grantId)?.grant.expiresAt ?? null
    return present !== null && present < extension.expiresAt
  })
  if (grantIds.length === 0) return []
  return [fact(entry, { kind: 'extend', ...extension, grantIds }, known)]
}

/** A catalog this app cannot read could price nothing: it is refused, and requested again. */
function takeCatalog(
  entry: IssuerEntry,
  { from, source }: z.output<typeof SHAPES.catalog>,
  known: Known,
): Result<readonly EntryDraft[]> {
  const { version } = source
  const written = known.find(catalogEntryId(version))
  if (written?.facts.kind === 'catalog') {
    if (!isDeepStrictEqual(plain(written.facts.source), plain(source))) return otherCatalog(version)
    return success([fact(entry, { kind: 'catalog-term', version, from }, known)])
  }
  try {
    parseSource(source)
  } catch {
    return failure(
      'catalog_unreadable',
      'The team’s catalog is from a newer version of Tallystick. Update this app.',
      { version },
    )
  }
  return success([catalogEntry(source, from)])
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function otherCatalog(version: string) {
  return failure(
    'catalog_differs',
    `This machine holds another catalog as version "${version}" than the team does. Its own catalog file needs a version of its own.`,
    { version },
  )
}

function invalid({ sequence, facts: { kind } }: IssuerEntry) {
  return failure(
    'entries_invalid',
    'What the server says about the team’s credits could not be taken in.',
    { sequence, kind },
  )
}
