/** Who is told when an account’s credits run low, set for it by the operator. */

import { success } from '#shared/result.ts'
import { readId } from './arguments.ts'
import { type Command, said } from './command.ts'
import { inAccount } from './credits.ts'

export const webhook: Command = {
  summary: 'Sets the address that is told when an account’s credits run low; says its secret',
  positionals: ['ACCOUNT', 'URL'],
  options: { id: { required: true, value: 'ID' } },
  async run(tools, args) {
    const id = readId(args.option('id') ?? '')
    if (!id.ok) return id
    const [accountId, url] = [args.positional('ACCOUNT'), args.positional('URL')]
    const set = await inAccount(tools, accountId, (transaction) =>
      tools.webhooks.set(transaction, accountId, `by-hand:${id.data}`, url),
    )
    return set.ok ? success(said(`${accountId} is told at this address.`, set.data.secret)) : set
  },
}

export const webhookOff: Command = {
  summary: 'Removes it; what waits is not sent',
  positionals: ['ACCOUNT'],
  options: {},
  async run(tools, args) {
    const accountId = args.positional('ACCOUNT')
    const removed = await inAccount(tools, accountId, async (transaction) => {
      await tools.webhooks.remove(transaction, accountId)
      return success(null)
    })
    return removed.ok ? success(said(`${accountId} has no webhook.`)) : removed
  },
}
