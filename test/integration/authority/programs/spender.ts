// A process of its own that leases for some machines of an account and spends it all. What a machine
// spent it remembers nowhere: as a restarted one, it goes on where its reports ended.

import { millicredits } from '#shared/credits/amount.ts'
import { outstanding } from '#shared/lease/pool.ts'
import { must, START, startProcess } from '../../../support/authority-world.ts'

const [url = '', accountId = '', devices = ''] = process.argv.slice(2)
const server = await startProcess(url, () => START, process.env['TEST_KEY'])
process.stdout.write('started\n')

/** Spends what a machine has left, a part at a time; false when it has nothing and gets nothing. */
async function spendSome(deviceId: string): Promise<boolean> {
  const { accounts, authority, database } = server
  must(await server.lease(accountId, deviceId, 20_000))
  const stand = await accounts.stand(database.query, accountId)
  const device = stand?.pool.devices.get(deviceId)
  const open = [...(device?.lines ?? [])].find(([, line]) => outstanding(line) > 0)
  if (!device || !open) return false
  const [grantId, line] = open
  const amount = millicredits(Math.min(9_001, outstanding(line)))
  const sequence = device.reported.sequence + 1
  const record = {
    sequence,
    at: START,
    spent: [{ grantId, amount }],
    returned: [],
    expired: [],
  }
  const head = { sequence, hash: sequence.toString(16).padStart(64, '0') }
  must(
    await server.inAccount(accountId, (transaction) =>
      authority.report(transaction, accountId, deviceId, [record], head),
    ),
  )
  return true
}

await Promise.all(
  devices.split(',').map(async (deviceId) => {
    while (await spendSome(deviceId));
  }),
)
await server.close()
