import { expect, it } from 'vitest'
import { authoritySuite } from '../../support/authority-suite.ts'
import { DAY, makeAccount, must, publishDefault, START } from '../../support/authority-world.ts'
import { catalogJson } from '../../support/shipped-catalogs.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  const world = authoritySuite(place)

  it('brings a catalog to every account, from its date on', async () => {
    await makeAccount(world.server, 'account', ['laptop'])
    const next = { ...catalogJson('default'), version: 'next-1' }
    must(await world.server.catalogs.publish(next, world.now() + DAY))
    world.pass(2 * DAY)
    must(await world.server.lease('account', 'laptop'))
    const entries = await world.server.authority.entriesAfter(world.query, 'account', 0, 100)
    const catalogs = entries.map(({ facts }) => facts).filter(({ kind }) => kind === 'catalog')
    expect(catalogs).toMatchObject([
      { source: { version: 'default-2' } },
      { from: START + DAY, source: next },
    ])
    await makeAccount(world.server, 'later', ['desk'])
    const [first] = await world.server.authority.entriesAfter(world.query, 'later', 0, 1)
    expect(first?.facts).toMatchObject({ source: { version: 'next-1' } })
    await world.sound('account')
    await world.sound('later')
  })

  it('refuses a catalog whole when it has mistakes, and a version is one catalog for good', async () => {
    const bad = { ...catalogJson('default'), version: 'bad-1', plans: [] }
    expect(await world.server.catalogs.publish(bad, null)).toMatchObject({
      ok: false,
      error: { code: 'catalog_invalid' },
    })
    const other = { ...catalogJson('default'), name: 'Another' }
    expect(await world.server.catalogs.publish(other, null)).toMatchObject({
      ok: false,
      error: { code: 'catalog_version_used' },
    })
    await publishDefault(world.server)
    expect(await world.server.catalogs.list()).toHaveLength(1)
  })

  it('follows a catalog that another process published', async () => {
    const other = await world.another()
    await makeAccount(other, 'account', ['laptop'])
    world.pass(1_000)
    must(
      await world.server.catalogs.publish({ ...catalogJson('default'), version: 'next-1' }, null),
    )
    await expect
      .poll(async () => {
        must(await other.lease('account', 'laptop'))
        const entries = await other.authority.entriesAfter(other.database.query, 'account', 0, 99)
        return entries.filter(({ facts }) => facts.kind === 'catalog').length
      })
      .toBe(2)
    await other.close()
  })
})
