/**
 * The embedded store: one SQLite file, one writer. Transactions of this process queue; those of
 * another process on the same file (the admin's commands) wait for the file's lock.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#shared/ports/log.ts'
import type { Database, Query, SqlValue, Transaction } from './database.ts'
import { createListeners } from './listeners.ts'
import { type Aftermath, assertPublishable, assertStorable, type Notice } from './statements.ts'

/** How long a transaction waits for another process's. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 250
/** Statements kept prepared; the server uses far fewer. */
const MOST_STATEMENTS = 1_000
/** In one step: between steps, another connection's writes would restart the copy. */
const ALL_PAGES = 0x7fff_ffff
/** How long another process has to see a notice. */
const NOTICE_KEPT_MS = 60_000

interface LeftNotice extends Notice {
  readonly id: number
  readonly process: string
}

/** Opens a file, or `:memory:` for a store that ends with its process. Throws SQLite's errors. */
export function openSqlite(file: string, log: Log): Database {
  const inMemory = file === ':memory:'
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: true })
  if (!inMemory) settle(db)
  const listeners = createListeners(log)
  const process = randomUUID()
  const statements = new Map<string, StatementSync>()
  const within = new AsyncLocalStorage<true>()
  let tail: Promise<unknown> = Promise.resolve()
  let watch: NodeJS.Timeout | null = null
  let seen = { version: 0, notice: 0 }
  let closed = false

  function prepared(sql: string): StatementSync {
    const known = statements.get(sql)
    if (known) return known
    if (statements.size >= MOST_STATEMENTS) statements.clear()
    const statement = db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  function run(sql: string, values: readonly SqlValue[]): readonly unknown[] {
    assertStorable(values)
    return prepared(sql).all(...values)
  }

  function one(sql: string): number {
    return Object.values(prepared(sql).get() ?? {})[0] as number
  }

  /** One at a time: a statement from elsewhere would become part of the open transaction. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new Error('The store is closed'))
    if (within.getStore()) {
      return Promise.reject(new Error('Within a transaction, only its own statements may run'))
    }
    const result = tail.then(work)
    tail = result.catch(() => undefined)
    return result
  }

  /** Another connection may hold the file's lock: waiting for it must not stop this process. */
  async function patiently<T>(attempt: () => T): Promise<T> {
    const until = performance.now() + PATIENCE_MS
    for (let pause = 1; ; pause = Math.min(50, pause * 2)) {
      try {
        return attempt()
      } catch (error) {
        if (!isBusy(error) || performance.now() > until) throw error
        await sleep(pause)
      }
    }
  }

  function rollBack(): void {
    if (db.isTransaction) db.exec('ROLLBACK')
  }

  async function transact<T>(
    work: (transaction: Transaction) => Promise<T>,
    { notices, afterwards }: Aftermath,
  ): Promise<T> {
    let open = true
    const ask: Query = async (sql, ...values) => {
      if (!open) throw new Error('The transaction is over')
      return run(sql, values) as readonly never[]
    }
    await patiently(() => db.exec('BEGIN IMMEDIATE'))
    try {
      const result = await within.run(true, () =>
        work({
          query: ask,
          lockAccount: async (accountId) =>
            (await ask('SELECT 1 AS found FROM account WHERE id = ?', accountId)).length > 0,
          publish(channel, payload) {
            assertPublishable({ channel, payload })
            notices.push({ channel, payload })
          },
          afterwards: (run) => afterwards.push(run),
        }),
      )
      open = false
      if (!inMemory) leaveNotices(notices)
      await patiently(() => db.exec('COMMIT'))
      return result
    } catch (error) {
      open = false
      rollBack()
      throw error
    }
  }

  /** Leaves notices for other processes on the file. */
  function leaveNotices(notices: readonly Notice[]): void {
    if (notices.length === 0) return
    const now = Date.now()
    run('DELETE FROM notice WHERE at < ?', [now - NOTICE_KEPT_MS])
    for (const { channel, payload } of notices) {
      const values = [now, process, channel, payload]
      run('INSERT INTO notice (at, process, channel, payload) VALUES (?, ?, ?, ?)', values)
    }
  }

  /** Reads what other processes left since the last look; almost free if nobody wrote. */
  function look(): void {
    const version = one('PRAGMA data_version')
    if (version === seen.version) return
    const sql = 'SELECT id, process, channel, payload FROM notice WHERE id > ? ORDER BY id'
    const left = run(sql, [seen.notice]) as readonly LeftNotice[]
    seen = { version, notice: left.at(-1)?.id ?? seen.notice }
    for (const notice of left) if (notice.process !== process) listeners.tell(notice)
  }

  function lookInTurn(): void {
    inTurn(async () => look())
      .catch((error: unknown) => log.error('Notices cannot be read', { error: String(error) }))
      .finally(() => {
        if (!closed && watch) watch = setTimeout(lookInTurn, LOOK_EVERY_MS).unref()
      })
  }

  /** Starts from what is there now. */
  function startWatching(): void {
    if (inMemory || watch) return
    seen = { version: 0, notice: one('SELECT coalesce(max(id), 0) FROM notice') }
    watch = setTimeout(lookInTurn, LOOK_EVERY_MS).unref()
  }

  return {
    engine: 'sqlite',
    query: (sql, ...values) => inTurn(() => patiently(() => run(sql, values) as readonly never[])),
    async transaction(work) {
      const aftermath: Aftermath = { notices: [], afterwards: [] }
      const result = await inTurn(() => transact(work, aftermath))
      for (const notice of aftermath.notices) listeners.tell(notice)
      for (const run of aftermath.afterwards) run()
      return result
    },
    subscribe(channel, listener) {
      startWatching()
      return listeners.add(channel, listener)
    },
    async backup(to) {
      if (inMemory) throw new Error('A store in memory has no backup')
      const source = new DatabaseSync(file, { readOnly: true })
      try {
        await backup(source, to, { rate: ALL_PAGES })
      } finally {
        source.close()
      }
      checkCopy(to)
    },
    async close() {
      if (closed) return
      closed = true
      if (watch) clearTimeout(watch)
      watch = null
      await tail
      db.close()
    },
  }
}

/** Makes commits durable; fails at start, not at the first lost write, if it cannot. */
function settle(db: DatabaseSync): void {
  db.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL')
  db.exec(
    'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA busy_timeout = 0',
  )
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
  const [mode, synchronous] = [pragma('journal_mode'), pragma('synchronous')]
  if (mode === 'wal' && synchronous === 2) return
  db.close()
  throw new Error(
    `SQLite is not durable here: journal ${String(mode)}, sync ${String(synchronous)}`,
  )
}

/** A backup that cannot be restored is worse than none. */
function checkCopy(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    copy.exec('PRAGMA journal_mode = DELETE')
    const verdict = copy.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
    if (verdict !== 'ok') throw new Error(`The backup is not sound: ${String(verdict)}`)
  } finally {
    copy.close()
  }
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const SQLITE_BUSY = 5

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY
}
