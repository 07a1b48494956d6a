/** Ledgers of any size for the benches, made by the real code and kept in `.cache/bench`. */

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { millicredits } from '#shared/credits/amount.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import { grantEntry, holdEntry, settleEntry, sumDraws, voidEntry } from '#shared/credits/entries.ts'
import type { EntryDraft, OperationFacts, Studio } from '#shared/credits/journal.ts'
import { openWriter, SCHEMA_VERSION } from '../../src-main/ledger/database.ts'
import { createJournal } from '../../src-main/ledger/journal.ts'
import { loadState } from '../../src-main/ledger/load.ts'
import { createProjections, type Step } from '../../src-main/ledger/projections.ts'
import { createDayClock } from '../../src-main/ledger/local-day.ts'
import { DAY, grantOf, HOUR, NOON, openTestLedger, operationOf, unwrap } from '../support/ledger.ts'

export const CACHE = resolve(import.meta.dirname, '../../.cache/bench')

/** Raise it when what is generated changes. */
const EDITION = 1

interface Kind {
  readonly studio: Studio
  readonly operation: string
  readonly operationName: string
}

const KINDS: readonly Kind[] = [
  { studio: 'chat', operation: 'chat.fast', operationName: 'Chat, fast' },
  { studio: 'chat', operation: 'chat.expert', operationName: 'Chat, expert' },
  { studio: 'image', operation: 'image.standard', operationName: 'Image' },
  { studio: 'voice', operation: 'speech.standard', operationName: 'Speech' },
]
const MODELS = ['fast', 'expert', 'painter', 'speaker', 'local-8b']
const SUBJECTS = ['', 'Website', 'Newsletter', 'Thesis', 'Client A', 'Client B', 'Home']

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T

/** The `n`th operation of a busy, varied user. */
export function benchOperation(n: number): OperationFacts {
  const kind = pick(KINDS, n)
  const model = pick(MODELS, Math.floor(n / 3))
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
 * A folder with a ledger of `entries` entries spread over two years, about one in fifty voided.
 * Made once; benches that write must copy it.
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
  let steps: Step[] = []
  const journal = createJournal(db, loadState(db).state, {
    follow: (more) => steps.push(...more),
    waiting: () => undefined,
  })
  const operations = Math.max(1, Math.floor((entries - 1) / 2))
  const start = NOON - 730 * DAY
  const step = (730 * DAY - HOUR) / operations
  // One large transaction at a time; an `add` inside it is a statement like any other.
  db.exec('PRAGMA synchronous = OFF')
  unwrap(journal.append([grantEntry(grantOf('plan', 800_000))], start))
  for (let n = 0; n < operations;) {
    db.exec('BEGIN IMMEDIATE')
    for (const end = Math.min(operations, n + 5_000); n < end; n++) {
      const at = Math.floor(start + n * step)
      unwrap(journal.add(holdDraft(journal, n, at), at))
      unwrap(journal.add(endDraft(journal, n), at + 900))
    }
    apply(steps)
    steps = []
    db.exec('COMMIT')
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
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
  const never = () => false
  if (n % 50 === 0) return voidEntry({ operationId, outcome: 'failed', reason: null }, draws, never)
  if (sumDraws(draws) === 0) throw new Error('Nothing was held')
  return settleEntry({ operationId, ...benchSettlement(operation) }, draws, never)
}
