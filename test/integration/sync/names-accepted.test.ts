import { type DecodedChange, decodeChange, encodeChange } from '@automerge/automerge'
import { expect, it } from 'vitest'
import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { nameKey } from '#shared/team/names.ts'
import { createDocumentStore } from '../../../src-server/sync/documents.ts'
import type { Database, SqlValue } from '../../../src-server/store/database.ts'
import { codeOf, unwrap } from '../../support/ledger.ts'
import { ACCOUNT, machineOf, namesWorld, person, TEAM } from '../../support/names-world.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  const world = namesWorld(place)

  it('lets members name themselves and their machines, and nobody an owner but owners', async () => {
    await world.machine('ada', 'owner')
    const bob = await world.machine('bob', 'admin')
    const eve = await world.machine('eve', 'member')
    await world.rename(eve, person('eve'), 'Eve')
    await world.rename(eve, machineOf('eve'), 'Lathe')
    await world.rename(bob, person('eve'), 'Evelyn')
    await world.rename(bob, machineOf('eve'), 'Mill')
    await world.rename(bob, TEAM, 'Difference Engines')
    for (const each of [eve, bob]) expect(await world.push(each)).toEqual([])
    const theirs = [TEAM, person('ada'), person('bob'), machineOf('bob')]
    for (const named of theirs) await world.rename(eve, named, 'Mine')
    expect(world.called(eve, TEAM)).toBe('Mine')
    const before = await world.tables()
    expect(await world.push(eve)).toEqual(theirs.map(() => 'name_refused'))
    await world.rename(bob, person('ada'), 'Underling')
    await world.rename(bob, machineOf('ada'), 'Toaster')
    await world.rename(bob, person('nobody'), 'Nobody')
    expect(await world.push(bob)).toEqual(['name_refused', 'name_refused', 'name_refused'])
    expect(await world.tables()).toEqual(before)
    // What was not accepted is let go, and is as it is for everybody.
    for (const each of [bob, eve]) {
      await world.pull(each)
      expect(each.outbox.pending()).toBe(0)
    }
    expect(eve.replica.names()).toEqual(bob.replica.names())
    expect(world.called(eve, TEAM)).toBe('Difference Engines')
  })

  it('goes by the role that there is when the name comes, and keeps what else was named', async () => {
    const bob = await world.machine('bob', 'admin')
    await world.rename(bob, TEAM, 'Bob’s')
    await world.rename(bob, machineOf('bob'), 'Bob’s own')
    await world.database().query("UPDATE member SET role = 'member' WHERE id = 'member-bob'")
    expect(await world.push(bob)).toEqual(['name_refused'])
    await expect.poll(() => world.called(bob, TEAM)).toBeUndefined()
    expect(world.called(bob, machineOf('bob'))).toBe('Bob’s own')
    expect((await world.tables()).get('device:device-bob')).toBe('Bob’s own')
    await world.database().query("UPDATE device SET standing = 'revoked' WHERE id = 'device-bob'")
    await world.rename(bob, person('bob'), 'Robert')
    expect(await world.push(bob)).toEqual(['name_refused'])
  })

  it('refuses whatever is more, or other, than one name', async () => {
    const ada = await world.machine('ada', 'owner')
    const eve = await world.machine('eve', 'member')
    await world.rename(ada, TEAM, 'Ours')
    await world.rename(ada, person('ada'), 'Ada L.')
    expect(await world.push(ada)).toEqual([])
    const documents = world.documents()
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
    const before = await world.tables()
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
    expect(await world.tables()).toEqual(before)
    unwrap(await put(whole))
    expect((await world.tables()).get(own)).toBe('Eve')
  })

  it('takes 1,000 names from one person, from whichever machines, and no more', async () => {
    const bob = await world.machine('bob', 'member')
    const eve = await world.machine('eve', 'member')
    const { query } = world.database()
    await query(
      `INSERT INTO device (account_id, id, member_id, public_key, name, platform, app_version,
         enrolled_at, last_seen_at, standing)
       SELECT account_id, 'device-old', member_id, 'key-old', name, platform, app_version, 0, 0,
         'revoked' FROM device WHERE id = 'device-eve'`,
    )
    const before = Array.from(
      { length: 999 },
      (_, at) => `('${ACCOUNT}', 'actor-${at}', 1, 'hash-${at}', 'team', 'device-old')`,
    )
    await query(
      `INSERT INTO name_given (account_id, actor, counter, hash, name_key, device_id)
       VALUES ${before.join(', ')}`,
    )
    await world.rename(eve, person('eve'), 'Eve')
    expect(await world.push(eve)).toEqual([])
    await world.rename(eve, machineOf('eve'), 'Lathe')
    expect(await world.push(eve)).toEqual(['name_refused'])
    await world.rename(bob, person('bob'), 'Bob')
    expect(await world.push(bob)).toEqual([])
    expect((await world.tables()).get('device:device-eve')).toBe('eve’s machine')
  })

  it('reads of a long log only what a name follows and overwrites', async () => {
    const ada = await world.machine('ada', 'owner')
    const named = [TEAM, person('ada'), machineOf('ada')]
    for (let at = 0; at < 40; at++) await world.rename(ada, named[at % 3]!, `Name ${at}`)
    expect(await world.push(ada)).toEqual([])
    await world.pull(ada)
    await world.rename(ada, TEAM, 'Last')
    const next = ada.outbox.next(new Set())
    if (next?.kind !== 'put') throw new Error('A name is to be sent')
    let rows = 0
    const database = world.database()
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
})
