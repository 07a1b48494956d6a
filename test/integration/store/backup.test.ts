import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openDatabase } from '../../../src-server/store/open.ts'
import { silentLog } from '../../support/silent-log.ts'

const directory = mkdtempSync(join(tmpdir(), 'tallystick-backup-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('copies an SQLite store while it is written to, whole and as of one moment', async () => {
  const database = await openDatabase(join(directory, 'store.db'), silentLog)
  await database.query('CREATE TABLE pair (side TEXT, count INTEGER)')
  await database.query("INSERT INTO pair VALUES ('left', 0), ('right', 0)")
  const copying = new AbortController()
  const writing = (async () => {
    while (!copying.signal.aborted) {
      await database.transaction(async ({ query }) => {
        await query("UPDATE pair SET count = count + 1 WHERE side = 'left'")
        await new Promise(setImmediate)
        await query("UPDATE pair SET count = count + 1 WHERE side = 'right'")
      })
    }
  })()
  for (const name of ['one', 'two', 'three']) await database.backup(join(directory, name))
  copying.abort()
  await writing
  await database.close()
  for (const name of ['one', 'two', 'three']) {
    const copy = await openDatabase(join(directory, name), silentLog)
    const [left, right] = await copy.query<{ count: number }>(
      'SELECT count FROM pair ORDER BY side',
    )
    expect(left?.count).toBe(right?.count)
    await copy.close()
  }
})

it('says why a store in memory has no backup', async () => {
  const database = await openDatabase(':memory:', silentLog)
  await expect(database.backup(join(directory, 'none'))).rejects.toThrow('memory')
  await database.close()
})
