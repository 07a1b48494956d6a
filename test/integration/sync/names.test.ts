import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  type DecodedChange,
  decodeChange,
  encodeChange,
  getBackend,
  init,
} from '@automerge/automerge'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { type Named, nameKey } from '#shared/team/names.ts'
import { createOutbox, type Outbox } from '../../../src-main/sync/records/outbox.ts'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { REPLICA_FILE } from '../../../src-main/sync/records/replica/file.ts'
import { createReplica, type Replica } from '../../../src-main/sync/records/replica/replica.ts'
import type { Database, SqlValue } from '../../../src-server/store/database.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { createDocumentStore } from '../../../src-server/sync/documents.ts'
import type { Identity } from '../../../src-server/teams/identity.ts'
import { codeOf, type TemporaryFolder, temporaryFolder, unwrap } from '../../support/ledger.ts'
import { logOf, seeded } from '../../support/records.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'

const ACCOUNT = 'account-1'
const TEAM: Named = { kind: 'team' }
const person = (who: string): Named => ({ kind: 'member', id: `member-${who}` })
const machineOf = (who: string): Named => ({ kind: 'device', id: `device-${who}` })

/** A machine with what it has of the team's names and what it has yet to send. */
interface Machine {
  readonly identity: Identity
  readonly folder: TemporaryFolder
  replica: Replica
  outbox: Outbox
}

onEachEngine((place) => {
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
    const documents = createDocumentStore(database)
    const refused: string[] = []
    const tried = new Set<string>()
    for (let next = outbox.next(tried); next; next = outbox.next(tried)) {
      if (next.kind !== 'put') throw new Error('There are only names')
      tried.add(next.key)
      const done = await documents.put(identity, next.document, next.items)
      if (done.ok) await outbox.sent(next.key, done.data.after, done.data.to)
      else {
        await outbox.refused(next.key)
        refused.push(done.error.code)
      }
    }
    return refused
  }

  async function pull({ replica }: Machine): Promise<void> {
    const documents = createDocumentStore(database)
    for (;;) {
      const at = replica.position(ACCOUNT_DOCUMENT)
      const items = await documents.after(ACCOUNT, ACCOUNT_DOCUMENT, at, 200)
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

  it('merges what was named on two machines while they were apart, the same way everywhere', async () => {
    const ada = await machine('ada', 'owner')
    const bob = await machine('bob', 'admin')
    await rename(ada, TEAM, 'Ours')
    await rename(ada, TEAM, 'Ours, then')
    await rename(ada, person('ada'), 'Ada L.')
    await rename(bob, TEAM, 'Theirs')
    await rename(bob, machineOf('bob'), 'Studio Mac')
    // Each sees its own at once, and after a restart.
    bob.replica.close()
    Object.assign(bob, opened(bob.folder, bob.identity.deviceId))
    expect(called(ada, TEAM)).toBe('Ours, then')
    expect(called(bob, TEAM)).toBe('Theirs')
    for (const each of [ada, bob]) expect(await push(each)).toEqual([])
    for (const each of [ada, bob]) await pull(each)
    expect(ada.replica.names()).toEqual(bob.replica.names())
    expect(['Ours, then', 'Theirs']).toContain(called(ada, TEAM))
    for (const each of [ada, bob]) expect(each.outbox.pending()).toBe(0)
    const kept = await tables()
    for (const [key, name] of ada.replica.names()) expect(kept.get(key)).toBe(name)
    // What comes after both is what stands.
    await rename(bob, TEAM, 'All of us')
    expect(await push(bob)).toEqual([])
    await pull(ada)
    expect(called(ada, TEAM)).toBe('All of us')
    expect((await tables()).get('team')).toBe('All of us')
  })

  it('shows nothing of names that could not be written down', async () => {
    const ada = await machine('ada', 'owner')
    const bob = await machine('bob', 'member')
    await rename(ada, TEAM, 'Ours')
    await rename(ada, person('ada'), 'Ada L.')
    expect(await push(ada)).toEqual([])
    const items = await createDocumentStore(database).after(ACCOUNT, ACCOUNT_DOCUMENT, 0, 1e6)
    expect(bob.replica.position(ACCOUNT_DOCUMENT)).toBe(0)
    const disk = new DatabaseSync(join(bob.folder.path, REPLICA_FILE))
    disk.exec('ALTER TABLE name RENAME TO away')
    await expect(bob.replica.take(ACCOUNT_DOCUMENT, 0, items)).rejects.toThrow('no such table')
    disk.exec('ALTER TABLE away RENAME TO name')
    disk.close()
    unwrap(await bob.replica.take(ACCOUNT_DOCUMENT, 0, items.slice(0, 1)))
    expect(bob.replica.names()).toEqual(new Map([[nameKey(TEAM), 'Ours']]))
    await pull(bob)
    expect(bob.replica.names()).toEqual(ada.replica.names())
  })

  it('takes a name sent twice once', async () => {
    const ada = await machine('ada', 'owner')
    await rename(ada, TEAM, 'Ours')
    const next = ada.outbox.next(new Set())
    if (next?.kind !== 'put') throw new Error('A name is to be sent')
    const documents = createDocumentStore(database)
    const put = () => documents.put(ada.identity, next.document, next.items)
    expect(unwrap(await put())).toEqual({ after: 0, to: 1 })
    expect(unwrap(await put())).toEqual({ after: 1, to: 1 })
    await pull(ada)
    expect(ada.outbox.next(new Set())).toBeNull()
  })

  it('lets members name themselves and their machines, and nobody an owner but owners', async () => {
    await machine('ada', 'owner')
    const bob = await machine('bob', 'admin')
    const eve = await machine('eve', 'member')
    await rename(eve, person('eve'), 'Eve')
    await rename(eve, machineOf('eve'), 'Lathe')
    await rename(bob, person('eve'), 'Evelyn')
    await rename(bob, machineOf('eve'), 'Mill')
    await rename(bob, TEAM, 'Difference Engines')
    for (const each of [eve, bob]) expect(await push(each)).toEqual([])
    const theirs = [TEAM, person('ada'), person('bob'), machineOf('bob')]
    for (const named of theirs) await rename(eve, named, 'Mine')
    expect(called(eve, TEAM)).toBe('Mine')
    const before = await tables()
    expect(await push(eve)).toEqual(theirs.map(() => 'name_refused'))
    await rename(bob, person('ada'), 'Underling')
    await rename(bob, machineOf('ada'), 'Toaster')
    await rename(bob, person('nobody'), 'Nobody')
    expect(await push(bob)).toEqual(['name_refused', 'name_refused', 'name_refused'])
    expect(await tables()).toEqual(before)
    // What was not accepted is let go, and is as it is for everybody.
    for (const each of [bob, eve]) {
      await pull(each)
      expect(each.outbox.pending()).toBe(0)
    }
    expect(eve.replica.names()).toEqual(bob.replica.names())
    expect(called(eve, TEAM)).toBe('Difference Engines')
  })

  it('goes by the role that there is when the name comes, and keeps what else was named', async () => {
    const bob = await machine('bob', 'admin')
    await rename(bob, TEAM, 'Bob’s')
    await rename(bob, machineOf('bob'), 'Bob’s own')
    await database.query("UPDATE member SET role = 'member' WHERE id = 'member-bob'")
    expect(await push(bob)).toEqual(['name_refused'])
    await expect.poll(() => called(bob, TEAM)).toBeUndefined()
    expect(called(bob, machineOf('bob'))).toBe('Bob’s own')
    expect((await tables()).get('device:device-bob')).toBe('Bob’s own')
    await database.query("UPDATE device SET standing = 'revoked' WHERE id = 'device-bob'")
    await rename(bob, person('bob'), 'Robert')
    expect(await push(bob)).toEqual(['name_refused'])
  })

  it('refuses whatever is more, or other, than one name', async () => {
    const ada = await machine('ada', 'owner')
    const eve = await machine('eve', 'member')
    await rename(ada, TEAM, 'Ours')
    await rename(ada, person('ada'), 'Ada L.')
    expect(await push(ada)).toEqual([])
    const documents = createDocumentStore(database)
    const [first, second] = await documents.after(ACCOUNT, ACCOUNT_DOCUMENT, 0, 1e6)
    const team = decodeChange(first!)
    const other = decodeChange(second!)
    const actor = 'ee'.repeat(16)
    const own = nameKey(person('eve'))
    const set = { action: 'set', obj: '_root', key: own, value: 'Eve', pred: [] } as const
    const good = {
      ...{ actor, seq: 1, startOp: 2, time: 0, message: null, deps: [team.hash], ops: [set] },
    }
    const forged: Record<string, object> = {
      'a second operation': { ops: [set, set] },
      'a text of its own': { ops: [{ ...set, action: 'makeText' }] },
      'a name taken away': { ops: [{ ...set, action: 'del', value: undefined }] },
      'a number': { ops: [{ ...set, value: 7 }] },
      nothing: { ops: [{ ...set, value: ' ' }] },
      'two lines': { ops: [{ ...set, value: 'Eve\nAda' }] },
      'too long a name': { ops: [{ ...set, value: 'x'.repeat(61) }] },
      'what nobody has': { ops: [{ ...set, key: 'owner' }] },
      'a message': { message: 'x'.repeat(500) },
      'an actor’s later change': { seq: 2 },
      'another’s actor': { actor: team.actor },
      'a short actor': { actor: 'ee' },
      'a jump ahead': { startOp: 1e6 },
      'what comes before what it follows': { startOp: 1 },
      'what is missing': { deps: ['0'.repeat(64)] },
      'another name taken away': { ops: [{ ...set, pred: [`1@${team.actor}`] }] },
      'a later name taken away': {
        ...{ startOp: 1, deps: [] },
        ops: [{ ...set, pred: [`${other.startOp}@${other.actor}`] }],
      },
    }
    const before = await tables()
    const put = (bytes: Uint8Array, by = eve) =>
      documents.put(by.identity, ACCOUNT_DOCUMENT, [bytes])
    for (const [what, part] of Object.entries(forged)) {
      let bytes: Uint8Array
      try {
        bytes = encodeChange({ ...good, ...part } as unknown as DecodedChange)
      } catch {
        continue
      }
      expect(codeOf(await put(bytes)), what).toBe('document_invalid')
    }
    const whole = encodeChange(good as unknown as DecodedChange)
    for (let at = 0; at < whole.length; at += 1) {
      expect((await put(whole.with(at, (whole[at]! + 1) % 256))).ok).toBe(false)
    }
    expect(codeOf(await put(new Uint8Array(70_000)))).toBe('document_invalid')
    expect(await tables()).toEqual(before)
    unwrap(await put(whole))
    expect((await tables()).get(own)).toBe('Eve')
  })

  it('reads of a long log only what a name follows and overwrites', async () => {
    const ada = await machine('ada', 'owner')
    const named = [TEAM, person('ada'), machineOf('ada')]
    for (let at = 0; at < 40; at++) await rename(ada, named[at % 3]!, `Name ${at}`)
    expect(await push(ada)).toEqual([])
    await pull(ada)
    await rename(ada, TEAM, 'Last')
    const next = ada.outbox.next(new Set())
    if (next?.kind !== 'put') throw new Error('A name is to be sent')
    let rows = 0
    const counting: Database = {
      ...database,
      transaction: (work) =>
        database.transaction((transaction) => {
          async function query<Row extends object>(sql: string, ...values: readonly SqlValue[]) {
            const found = await transaction.query<Row>(sql, ...values)
            rows += found.length
            return found
          }
          return work({ ...transaction, query })
        }),
    }
    unwrap(await createDocumentStore(counting).put(ada.identity, next.document, next.items))
    expect(rows).toBeLessThan(12)
  })

  it('lets one machine give so many names, and no more', async () => {
    const ada = await machine('ada', 'owner')
    const values = Array.from(
      { length: 1_000 },
      (_, at) => `('${ACCOUNT}', 'actor-${at}', 1, 'hash-${at}', 'team', 'device-ada')`,
    )
    await database.query(
      `INSERT INTO name_given (account_id, actor, counter, hash, name_key, device_id)
       VALUES ${values.join(', ')}`,
    )
    await rename(ada, TEAM, 'Once more')
    expect(await push(ada)).toEqual(['name_refused'])
  })

  it('has the names in its tables that Automerge has, whatever was named at once', async () => {
    const names = ['ada', 'bob', 'eve']
    for (const who of names) await machine(who, 'owner')
    const random = seeded(7)
    const pick = <T>(some: readonly T[]) => some[Math.floor(random() * some.length)]!
    for (let step = 0; step < 60; step++) {
      const one = pick(machines)
      const named = pick([TEAM, person('ada'), machineOf('bob')])
      if (random() < 0.6) await rename(one, named, `Name ${step}`)
      else if (random() < 0.5) expect(await push(one)).toEqual([])
      else await pull(one)
    }
    for (const one of machines) expect(await push(one)).toEqual([])
    for (const one of machines) await pull(one)
    const documents = createDocumentStore(database)
    const document = getBackend(init())
    document.applyChanges([...(await documents.after(ACCOUNT, ACCOUNT_DOCUMENT, 0, 1e6))])
    const kept = await tables()
    expect(document.keys('_root').length).toBeGreaterThan(2)
    for (const key of document.keys('_root')) {
      const name = document.get('_root', key)
      expect(kept.get(key)).toBe(name)
      for (const { replica } of machines) expect(replica.names().get(key)).toBe(name)
    }
  })
})
