/** Ledgers of any size for the benches, made by the real code and kept in `.cache/bench`. */

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { millicredits } from '#shared/credits/amount.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import {
  expireEntry,
  grantEntry,
  holdEntry,
  settleEntry,
  sumDraws,
  voidEntry,
  allBack,
} from '#shared/journal/entries.ts'
import { hasExpired } from '#shared/credits/grant.ts'
import type { EntryDraft, OperationFacts } from '#shared/journal/journal.ts'
import type { Studio } from '#shared/credits/studios.ts'
import { openWriter, SCHEMA_VERSION } from '../../src-main/ledger/database.ts'
import { createJournal } from '../../src-main/ledger/journal.ts'
import { loadState } from '../../src-main/ledger/load.ts'
import { createProjections } from '../../src-main/ledger/projections.ts'
import type { Change } from '../../src-main/ledger/state.ts'
import { createDayClock } from '../../src-main/ledger/local-day.ts'
import { DAY, grantOf, HOUR, NOON, openTestLedger, operationOf, unwrap } from '../support/ledger.ts'

export const CACHE = resolve(import.meta.dirname, '../../.cache/bench')

/** Raise it when what is generated changes. */
const EDITION = 3

interface Kind {
  readonly studio: Studio
  readonly operation: string
  readonly operationName: string
  readonly models: readonly string[]
}

const KINDS: readonly Kind[] = [
  {
    studio: 'chat',
    operation: 'chat.fast',
    operationName: 'Chat, fast',
    models: ['fast', 'local-8b', 'local-32b'],
  },
  {
    studio: 'chat',
    operation: 'chat.expert',
    operationName: 'Chat, expert',
    models: ['expert', 'expert-long', 'thinker'],
  },
  { studio: 'image', operation: 'image.standard', operationName: 'Image', models: ['painter'] },
  { studio: 'voice', operation: 'speech.standard', operationName: 'Speech', models: ['speaker'] },
]
const SUBJECTS = ['', 'Website', 'Newsletter', 'Thesis', 'Client A', 'Client B', 'Home']

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T

/** The `n`th operation of a busy, varied user. */
export function benchOperation(n: number): OperationFacts {
  const kind = pick(KINDS, n)
  const model = pick(kind.models, Math.floor(n / 4))
  const id = `${n.toString(16).padStart(8, '0')}-7000-4000-8000-000000000000`
  const facts = operationOf(id, 1, {
    studio: kind.studio,
    modelId: `practice/${model}`,
    modelName: model,
    subject: pick(SUBJECTS, Math.floor(n / 7)),
  })
  const { operation, operationName } = kind
  return { ...facts, quote: { ...facts.quote, operation, operationName } }
}

export function benchSettlement({ quote }: OperationFacts) {
  const amount = millicredits(Math.floor(quote.maximum / 2) + 37)
  return {
    outcome: 'completed' as const,
    units: { requests: 1, inputTokens: 812, outputTokens: 377 },
    usageSource: 'provider' as const,
    charge: {
      amount,
      lines: [{ unit: 'requests' as const, units: 1, price: amount, per: 1, surcharge: false }],
      decidedBy: 'lines' as const,
    },
  }
}

/**
 * A folder with a ledger of about `entries` entries spread over two years: a plan's grant every
 * month, one run in fifty voided. Made once and not to be written to.
 */
export function ledgerOf(entries: number): string {
  const folder = join(CACHE, `ledger-${entries}-v${SCHEMA_VERSION}-e${EDITION}`)
  if (existsSync(folder)) return folder
  const making = `${folder}.making`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  void openTestLedger(making).close()
  if (entries > 0) fill(join(making, 'ledger.sqlite'), entries)
  renameSync(making, folder)
  return folder
}

function fill(file: string, entries: number): void {
  const db = openWriter(file)
  const { apply } = createProjections(db, createDayClock('UTC'))
  let changes: Change[] = []
  const journal = createJournal(db, loadState(db).state, {
    follow: (more) => changes.push(...more),
    waiting: () => undefined,
  })
  const operations = Math.floor(entries / 2)
  const start = NOON - YEARS * 365 * DAY
  const step = (NOON - HOUR - start) / operations
  // One large transaction at a time; an `add` inside it is a statement like any other.
  db.exec('PRAGMA synchronous = OFF')
  const timeOf = (n: number) => Math.floor(start + n * step)
  for (let n = 0; n < operations;) {
    const month = monthOf(timeOf(n))
    renewPlan(journal, timeOf(n))
    db.exec('BEGIN IMMEDIATE')
    const end = Math.min(operations, n + MOST_TOGETHER)
    for (; n < end && monthOf(timeOf(n)) === month; n++) {
      unwrap(journal.add(holdDraft(journal, n, timeOf(n)), timeOf(n)))
      unwrap(journal.add(endDraft(journal, n), timeOf(n) + 900))
    }
    apply(changes)
    changes = []
    db.exec('COMMIT')
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

const YEARS = 2
const MONTH = 30 * DAY
const MOST_TOGETHER = 2_000

const monthOf = (at: number) => Math.floor(at / MONTH)

/** A new grant in each month, and the end of the one before. */
function renewPlan(journal: FilledJournal, at: number): void {
  const from = monthOf(at) * MONTH
  const known = [...journal.state().balances.values()]
  if (known.some(({ grant }) => grant.effectiveAt === from)) return
  const due = known.filter(({ grant, available }) => available > 0 && hasExpired(grant, at))
  const expiries = due.map(({ grant, available }) => expireEntry(grant.id, available))
  const plan = grantOf(`plan-${monthOf(at)}`, 40_000, {
    effectiveAt: from,
    expiresAt: from + 2 * MONTH,
  })
  unwrap(journal.append([...expiries, grantEntry(plan)], at))
}

type FilledJournal = ReturnType<typeof createJournal>

function holdDraft(journal: FilledJournal, n: number, at: number): EntryDraft {
  const operation = benchOperation(n)
  const drawn = drawFrom(journal.state().balances.values(), operation.quote.maximum, at)
  if (!drawn.ok) throw new Error('The generated ledger ran out of credits')
  return holdEntry(operation, drawn.draws)
}

function endDraft(journal: FilledJournal, n: number): EntryDraft {
  const operation = benchOperation(n)
  const { operationId } = operation
  const draws = journal.state().holds.get(operationId)?.draws ?? []
  if (n % 50 === 0)
    return voidEntry({ operationId, outcome: 'failed', reason: null }, draws, allBack)
  if (sumDraws(draws) === 0) throw new Error('Nothing was held')
  return settleEntry({ operationId, ...benchSettlement(operation) }, draws, allBack)
}
