import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Database, Query } from '../../../src-server/store/database.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { insertRows } from '../../../src-server/store/statements.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  let database: Database
  const opened: Database[] = []

  /** Another process as far as the store can tell. */
  async function open(): Promise<Database> {
    const another = await openDatabase(place.url, silentLog)
    opened.push(another)
    return another
  }

  beforeEach(async () => {
    await place.fresh()
    database = await open()
    await database.query(
      'CREATE TABLE kept (id TEXT PRIMARY KEY, amount BIGINT, bytes BLOB)'.replace(
        'BLOB',
        place.engine === 'postgres' ? 'BYTEA' : 'BLOB',
      ),
    )
    for (const id of ['one', 'two']) await addAccount(database.query, id)
  })

  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })

  const keep = (query: Query, id: string, amount: number) =>
    query('INSERT INTO kept (id, amount) VALUES (?, ?)', id, amount)
  const ids = async (from: Database) =>
    (await from.query<{ id: string }>('SELECT id FROM kept ORDER BY id')).map(({ id }) => id)

  it('gives back what a transaction returns and keeps what it wrote', async () => {
    const result = await database.transaction(async ({ query }) => {
      await keep(query, 'a', 1)
      await keep(query, 'b', 2)
      return 'done'
    })
    expect(result).toBe('done')
    expect(await ids(await open())).toEqual(['a', 'b'])
  })

  it('keeps nothing of a transaction that fails, by its own or by a statement', async () => {
    const work = async (query: Query) => {
      await keep(query, 'a', 1)
      throw new Error('changed my mind')
    }
    await expect(database.transaction(({ query }) => work(query))).rejects.toThrow(
      'changed my mind',
    )
    await keep(database.query, 'b', 2)
    await expect(
      database.transaction(async ({ query }) => {
        await keep(query, 'c', 3)
        await keep(query, 'b', 2)
      }),
    ).rejects.toThrow(/unique/i)
    expect(await ids(database)).toEqual(['b'])
  })

  it('says of a failed transaction which statement failed, whatever was asked after it', async () => {
    await keep(database.query, 'a', 1)
    await expect(
      database.transaction(async ({ query }) => {
        await keep(query, 'b', 2)
        await keep(query, 'a', 3)
        await keep(query, 'c', 4)
        await query('SELECT id FROM kept')
      }),
    ).rejects.toThrow(/unique/i)
    expect(await ids(database)).toEqual(['a'])
  })

  it('shows nobody what is not committed', async () => {
    const other = await open()
    await database.transaction(async ({ query }) => {
      await keep(query, 'a', 1)
      expect(await query('SELECT id FROM kept')).toEqual([{ id: 'a' }])
      expect(await ids(other)).toEqual([])
    })
    expect(await ids(other)).toEqual(['a'])
  })

  it('refuses to ask past an open transaction, or through one that is over', async () => {
    let left: Query | undefined
    await database.transaction(async ({ query }) => {
      left = query
      await expect(database.query('SELECT 1')).rejects.toThrow('Within a transaction')
      await expect(database.transaction(async () => 1)).rejects.toThrow('Within a transaction')
    })
    await expect(left?.('SELECT 1')).rejects.toThrow('over')
  })

  it('lets writers of one account go one after the other, from several processes', async () => {
    const processes = [database, await open(), await open()]
    await keep(database.query, 'counter', 0)
    const add = (from: Database) =>
      from.transaction(async ({ query, lockAccount }) => {
        expect(await lockAccount('one')).toBe(true)
        const [row] = await query<{ amount: number }>(
          "SELECT amount FROM kept WHERE id = 'counter'",
        )
        await query("UPDATE kept SET amount = ? WHERE id = 'counter'", (row?.amount ?? 0) + 1)
      })
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => add(processes[index % 3] ?? database)),
    )
    expect(await database.query("SELECT amount FROM kept WHERE id = 'counter'")).toEqual([
      { amount: 60 },
    ])
  })

  it('says when there is no account to lock', async () => {
    expect(await database.transaction(({ lockAccount }) => lockAccount('nobody'))).toBe(false)
  })

  const onlyPostgres = place.engine === 'postgres' ? it : () => undefined
  onlyPostgres('keeps accounts out of each other’s way', async () => {
    const order: string[] = []
    await database.transaction(async ({ lockAccount }) => {
      await lockAccount('one')
      const other = await open()
      await other.transaction(async (transaction) => {
        await transaction.lockAccount('two')
        order.push('two')
      })
      order.push('one')
    })
    expect(order).toEqual(['two', 'one'])
  })

  onlyPostgres('does again what a deadlock undid', async () => {
    const bothIn = async (first: string, second: string) =>
      database.transaction(async ({ query, lockAccount }) => {
        await lockAccount(first)
        await query('SELECT pg_sleep(0.1)')
        await lockAccount(second)
        await keep(query, first, 1)
      })
    await Promise.all([bothIn('one', 'two'), bothIn('two', 'one')])
    expect(await ids(database)).toEqual(['one', 'two'])
  })

  onlyPostgres('does again what a lost connection interrupted', async () => {
    const other = await open()
    let attempts = 0
    await database.transaction(async ({ query }) => {
      attempts += 1
      await keep(query, 'a', attempts)
      if (attempts > 1) return
      const [self] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      await other.query('SELECT pg_terminate_backend(CAST(? AS INTEGER))', self?.pid ?? 0)
      await query('SELECT 1')
    })
    expect(await database.query('SELECT id, amount FROM kept')).toEqual([{ id: 'a', amount: 2 }])
  })

  onlyPostgres(
    'listens again after its connection was lost, and says that it missed some',
    async () => {
      const heard: (string | null)[] = []
      database.subscribe('account:one', (payload) => heard.push(payload))
      const other = await open()
      await other.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'tallystick listens' AND datname = current_database()`,
      )
      await vi.waitFor(() => expect(heard).toEqual([null]), 5_000)
      await vi.waitFor(async () => {
        await other.transaction(async ({ publish }) => publish('account:one', 'again'))
        expect(heard).toContain('again')
      }, 5_000)
    },
  )

  it('tells every process what was published, once it is committed and not before', async () => {
    const other = await open()
    const heard: string[] = []
    const hears = (name: string) => (payload: string | null) => heard.push(`${name} ${payload}`)
    const stop = database.subscribe('account:one', hears('same'))
    other.subscribe('account:one', hears('other'))
    other.subscribe('account:two', hears('wrong'))
    await database.transaction(async ({ query, publish }) => {
      publish('account:one', 'ä 1')
      await query('SELECT 1')
      expect(heard).toEqual([])
    })
    await vi.waitFor(() => expect(heard.toSorted()).toEqual(['other ä 1', 'same ä 1']), 5_000)
    stop()
    await other.transaction(async ({ publish }) => publish('account:one', '2'))
    await vi.waitFor(() => expect(heard).toContain('other 2'), 5_000)
    expect(heard).not.toContain('same 2')
  })

  it('publishes nothing of a transaction that failed, and nothing large', async () => {
    const heard: unknown[] = []
    database.subscribe('account:one', (payload) => heard.push(payload))
    const failing = database.transaction(async ({ publish }) => {
      publish('account:one', 'never')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    const large = database.transaction(async ({ publish }) =>
      publish('account:one', 'x'.repeat(5_000)),
    )
    await expect(large).rejects.toThrow('Too much')
    await database.transaction(async ({ publish }) => publish('account:one', 'at last'))
    expect(heard).toEqual(['at last'])
  })

  it('gives back text, integers, bytes and nothing as they were', async () => {
    const text = 'Grüße 你好 👩‍👩‍👧 \u0001\n\'quoted\' "?" \\'
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    await database.query('INSERT INTO kept VALUES (?, ?, ?)', text, Number.MAX_SAFE_INTEGER, bytes)
    await database.query('INSERT INTO kept VALUES (?, ?, ?)', '', Number.MIN_SAFE_INTEGER, null)
    const rows = await database.query('SELECT * FROM kept ORDER BY amount DESC')
    expect(rows.map((row) => ({ ...row }))).toStrictEqual([
      { id: text, amount: Number.MAX_SAFE_INTEGER, bytes },
      { id: '', amount: Number.MIN_SAFE_INTEGER, bytes: null },
    ])
  })

  it('throws rather than round an integer, going in or coming out', async () => {
    await expect(keep(database.query, 'a', 2 ** 53)).rejects.toThrow('safe integer')
    await expect(keep(database.query, 'a', 0.5)).rejects.toThrow('safe integer')
    await keep(database.query, 'a', Number.MAX_SAFE_INTEGER)
    await database.query('UPDATE kept SET amount = amount + 1')
    await expect(database.query('SELECT amount FROM kept')).rejects.toThrow(RangeError)
    await expect(keep(database.query, 'a\0b', 1)).rejects.toThrow('NUL')
  })

  it('adds up, compares and counts alike', async () => {
    await keep(database.query, 'a', 1)
    await keep(database.query, 'b', 2)
    const sql = 'SELECT sum(amount) AS sum, count(*) AS count, max(amount) > 1 AS above FROM kept'
    expect(await database.query(sql)).toEqual([{ sum: 3, count: 2, above: 1 }])
    expect(await database.query("SELECT id FROM kept WHERE id = '?' OR amount = ?", 2)).toEqual([
      { id: 'b' },
    ])
    expect(await database.query('DELETE FROM kept WHERE amount > ? RETURNING id', 1)).toEqual([
      { id: 'b' },
    ])
  })

  it('sorts the ids of its own tables by their bytes', async () => {
    for (const id of ['b', 'B', 'a', '_', 'é', '1']) await addAccount(database.query, `x${id}`)
    const rows = await database.query<{ id: string }>(
      "SELECT id FROM account WHERE id >= 'x' ORDER BY id",
    )
    expect(rows.map(({ id }) => id)).toEqual(['x1', 'xB', 'x_', 'xa', 'xb', 'xé'])
  })

  it('inserts many rows at a time', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => [`id-${index}`, index])
    await database.transaction(({ query }) => insertRows(query, 'kept', ['id', 'amount'], rows))
    expect(await database.query('SELECT count(*) AS count, sum(amount) AS sum FROM kept')).toEqual([
      { count: 150, sum: 11_175 },
    ])
  })
})

function addAccount(query: Query, id: string) {
  return query(
    "INSERT INTO account (id, created_at, sequence, at, hash, state) VALUES (?, 0, 0, 0, '', '')",
    id,
  )
}
