import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { getBackend, init } from '@automerge/automerge'
import { expect, it } from 'vitest'
import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { nameKey } from '#shared/team/names.ts'
import { REPLICA_FILE } from '../../../src-main/sync/records/replica/file.ts'
import { unwrap } from '../../support/ledger.ts'
import { ACCOUNT, machineOf, namesWorld, person, TEAM } from '../../support/names-world.ts'
import { seeded } from '../../support/records.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  const world = namesWorld(place)

  it('merges what was named on two machines while they were apart, the same way everywhere', async () => {
    const ada = await world.machine('ada', 'owner')
    const bob = await world.machine('bob', 'admin')
    await world.rename(ada, TEAM, 'Ours')
    await world.rename(ada, TEAM, 'Ours, then')
    await world.rename(ada, person('ada'), 'Ada L.')
    await world.rename(bob, TEAM, 'Theirs')
    await world.rename(bob, machineOf('bob'), 'Studio Mac')
    // Each sees its own at once, and after a restart.
    world.restart(bob)
    expect(world.called(ada, TEAM)).toBe('Ours, then')
    expect(world.called(bob, TEAM)).toBe('Theirs')
    for (const each of [ada, bob]) expect(await world.push(each)).toEqual([])
    for (const each of [ada, bob]) await world.pull(each)
    expect(ada.replica.names()).toEqual(bob.replica.names())
    expect(['Ours, then', 'Theirs']).toContain(world.called(ada, TEAM))
    for (const each of [ada, bob]) expect(each.outbox.pending()).toBe(0)
    const kept = await world.tables()
    for (const [key, name] of ada.replica.names()) expect(kept.get(key)).toBe(name)
    // What comes after both is what stands.
    await world.rename(bob, TEAM, 'All of us')
    expect(await world.push(bob)).toEqual([])
    await world.pull(ada)
    expect(world.called(ada, TEAM)).toBe('All of us')
    expect((await world.tables()).get('team')).toBe('All of us')
  })

  it('shows nothing of names that could not be written down', async () => {
    const ada = await world.machine('ada', 'owner')
    const bob = await world.machine('bob', 'member')
    await world.rename(ada, TEAM, 'Ours')
    await world.rename(ada, person('ada'), 'Ada L.')
    expect(await world.push(ada)).toEqual([])
    const items = await world.documents().after(ACCOUNT, ACCOUNT_DOCUMENT, 0, 1e6)
    expect(bob.replica.position(ACCOUNT_DOCUMENT)).toBe(0)
    const disk = new DatabaseSync(join(bob.folder.path, REPLICA_FILE))
    disk.exec('ALTER TABLE name RENAME TO away')
    await expect(bob.replica.take(ACCOUNT_DOCUMENT, 0, items)).rejects.toThrow('no such table')
    disk.exec('ALTER TABLE away RENAME TO name')
    disk.close()
    unwrap(await bob.replica.take(ACCOUNT_DOCUMENT, 0, items.slice(0, 1)))
    expect(bob.replica.names()).toEqual(new Map([[nameKey(TEAM), 'Ours']]))
    await world.pull(bob)
    expect(bob.replica.names()).toEqual(ada.replica.names())
  })

  it('takes a name sent twice once', async () => {
    const ada = await world.machine('ada', 'owner')
    await world.rename(ada, TEAM, 'Ours')
    const next = ada.outbox.next(new Set())
    if (next?.kind !== 'put') throw new Error('A name is to be sent')
    const documents = world.documents()
    const put = () => documents.put(ada.identity, next.document, next.items)
    expect(unwrap(await put())).toEqual({ after: 0, to: 1 })
    expect(unwrap(await put())).toEqual({ after: 1, to: 1 })
    await world.pull(ada)
    expect(ada.outbox.next(new Set())).toBeNull()
  })

  it('has the names in its tables that Automerge has, whatever was named at once', async () => {
    const names = ['ada', 'bob', 'eve']
    for (const who of names) await world.machine(who, 'owner')
    const random = seeded(7)
    const pick = <T>(some: readonly T[]) => some[Math.floor(random() * some.length)]!
    for (let step = 0; step < 60; step++) {
      const one = pick(world.machines())
      const named = pick([TEAM, person('ada'), machineOf('bob')])
      if (random() < 0.6) await world.rename(one, named, `Name ${step}`)
      else if (random() < 0.5) expect(await world.push(one)).toEqual([])
      else await world.pull(one)
    }
    for (const one of world.machines()) expect(await world.push(one)).toEqual([])
    for (const one of world.machines()) await world.pull(one)
    const documents = world.documents()
    const document = getBackend(init())
    document.applyChanges([...(await documents.after(ACCOUNT, ACCOUNT_DOCUMENT, 0, 1e6))])
    const kept = await world.tables()
    expect(document.keys('_root').length).toBeGreaterThan(2)
    for (const key of document.keys('_root')) {
      const name = document.get('_root', key)
      expect(kept.get(key)).toBe(name)
      for (const { replica } of world.machines()) expect(replica.names().get(key)).toBe(name)
    }
  })
})
