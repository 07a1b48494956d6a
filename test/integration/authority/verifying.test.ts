import { beforeEach, expect, it } from 'vitest'
import { authoritySuite } from '../../support/authority-suite.ts'
import { DAY, makeAccount, must } from '../../support/authority-world.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  const world = authoritySuite(place)

  beforeEach(async () => {
    await makeAccount(world.server, 'account', ['laptop'], 1_000)
    await world.leaseOf('account', 'laptop')
  })

  it.each([
    ['an entry', "UPDATE account_entry SET body = replace(body, '1000', '9000')"],
    ['an entry’s time', 'UPDATE account_entry SET at = at + 1 WHERE sequence = 2'],
    ['the last entry’s absence', 'DELETE FROM account_entry WHERE sequence = 7'],
    ['what is kept of it', "UPDATE account SET state = replace(state, '1000', '9000')"],
    ['the end it names', "UPDATE account SET hash = ''"],
    ['a catalog', "UPDATE catalog SET source = replace(source, 'Free', 'Fre ')"],
  ])('finds that somebody changed %s', async (_what, sql) => {
    await world.sound('account')
    await world.query(sql)
    const fresh = await world.another()
    const { problems } = await fresh.authority.verify(fresh.database.query, 'account')
    expect(problems).toHaveLength(1)
    await fresh.close()
  })

  it('folds a state of another format anew', async () => {
    const [before] = await world.query('SELECT state FROM account')
    await world.query('UPDATE account SET state = \'{"format":0}\'')
    world.pass(DAY)
    // One that has not worked on the account yet: this one knows it by heart.
    const fresh = await world.another()
    must(
      await fresh.inAccount('account', (transaction) =>
        fresh.authority.removeCap(transaction, 'account', 'change', 'none'),
      ),
    )
    await fresh.close()
    expect(await world.query('SELECT state FROM account')).toEqual([before])
    await world.sound('account')
  })
})
