/** Machines of one team that name things, and the store of its server; on each engine. */

import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach } from 'vitest'
import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { type Named, nameKey } from '#shared/team/names.ts'
import { createOutbox, type Outbox } from '../../src-main/sync/records/outbox.ts'
import { loadAutomerge } from '../../src-main/sync/records/replica/account-document.ts'
import { createReplica, type Replica } from '../../src-main/sync/records/replica/replica.ts'
import { createDocumentStore } from '../../src-server/sync/documents.ts'
import type { Database } from '../../src-server/store/database.ts'
import { openDatabase } from '../../src-server/store/open.ts'
import type { Identity } from '../../src-server/teams/identity.ts'
import { type TemporaryFolder, temporaryFolder, unwrap } from './ledger.ts'
import { logOf } from './records.ts'
import { silentLog } from './silent-log.ts'
import type { StorePlace } from './stores.ts'

export const ACCOUNT = 'account-1'
export const TEAM: Named = { kind: 'team' }
export const person = (who: string): Named => ({ kind: 'member', id: `member-${who}` })
export const machineOf = (who: string): Named => ({ kind: 'device', id: `device-${who}` })

/** A machine with what it has of the team's names and what it has yet to send. */
export interface Machine {
  readonly identity: Identity
  readonly folder: TemporaryFolder
  replica: Replica
  outbox: Outbox
}

/** A team of its own for each test of the suite; its hooks are added to the suite's. */
export function namesWorld(place: StorePlace) {
  let database: Database
  let machines: Machine[] = []

  async function machine(who: string, role: Identity['role']): Promise<Machine> {
    const memberId = `member-${who}`
    const deviceId = `device-${who}`
    await database.query(
      'INSERT INTO member (account_id, id, name, role, joined_at) VALUES (?, ?, ?, ?, 0)',
      ...[ACCOUNT, memberId, who, role],
    )
    await database.query(
      `INSERT INTO device (account_id, id, member_id, public_key, name, platform, app_version,
         enrolled_at, last_seen_at, standing)
       VALUES (?, ?, ?, ?, ?, 'linux', '1', 0, 0, 'active')`,
      ...[ACCOUNT, deviceId, memberId, `key-${who}`, `${who}’s machine`],
    )
    const folder = temporaryFolder()
    const identity = { accountId: ACCOUNT, memberId, deviceId, role, standing: 'active' } as const
    const made = { identity, folder, ...opened(folder, deviceId) }
    machines.push(made)
    return made
  }

  function opened(folder: TemporaryFolder, deviceId: string): Pick<Machine, 'replica' | 'outbox'> {
    const ids = { next: randomUUID }
    const replica = createReplica({ directory: folder.path, automerge: loadAutomerge, ids })
    const outbox = createOutbox({ log: logOf([]), replica, deviceId, acknowledged: () => 0 })
    return { replica, outbox }
  }

  const rename = async ({ replica }: Machine, named: Named, name: string) =>
    unwrap(await replica.rename(nameKey(named), name))

  /** Sends what there is to send, as a connection does; gives what was not accepted. */
  async function push({ identity, outbox }: Machine): Promise<readonly string[]> {
    const refused: string[] = []
    const tried = new Set<string>()
    for (let next = outbox.next(tried); next; next = outbox.next(tried)) {
      if (next.kind !== 'put') throw new Error('There are only names')
      tried.add(next.key)
      const done = await documents().put(identity, next.document, next.items)
      if (done.ok) await outbox.sent(next.key, done.data.after, done.data.to)
      else {
        await outbox.refused(next.key)
        refused.push(done.error.code)
      }
    }
    return refused
  }

  async function pull({ replica }: Machine): Promise<void> {
    for (;;) {
      const at = replica.position(ACCOUNT_DOCUMENT)
      const items = await documents().after(ACCOUNT, ACCOUNT_DOCUMENT, at, 200)
      if (items.length === 0) return
      unwrap(await replica.take(ACCOUNT_DOCUMENT, at, items))
    }
  }

  /** All names there are, by their keys, as the tables have them. */
  async function tables(): Promise<Map<string, string>> {
    const rows = await database.query<{ key: string; name: string }>(
      `SELECT 'team' AS key, name FROM team
       UNION ALL SELECT 'member:' || id, name FROM member
       UNION ALL SELECT 'device:' || id, name FROM device`,
    )
    return new Map(rows.map(({ key, name }) => [key, name]))
  }

  const called = ({ replica }: Machine, named: Named) => replica.names().get(nameKey(named))

  beforeEach(async () => {
    await place.fresh()
    database = await openDatabase(place.url, silentLog)
    await database.query(
      `INSERT INTO account (id, created_at, sequence, at, hash, state) VALUES ('${ACCOUNT}', 0, 0, 0, '', '{}')`,
    )
    await database.query(`INSERT INTO team (account_id, name) VALUES ('${ACCOUNT}', 'Engines')`)
  })

  afterEach(async () => {
    for (const { replica, folder } of machines) {
      replica.close()
      folder.remove()
    }
    machines = []
    await database.close()
  })

  const documents = () => createDocumentStore(database)

  /** Ends a machine's program and starts it again on the same folder. */
  function restart(machine: Machine): void {
    machine.replica.close()
    Object.assign(machine, opened(machine.folder, machine.identity.deviceId))
  }

  return {
    ...{ machine, restart, rename, push, pull, tables, called, documents },
    database: () => database,
    machines: (): readonly Machine[] => machines,
  }
}
