/** The pool as stored beside its journal, so that a command need not fold all of it. */

import { packAccount, unpackAccount } from '#shared/account/snapshot.ts'
import { withCatalog } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { assertLinesAgree } from '#shared/lease/lines-agree.ts'
import type { Pool, PoolDevice, PoolLine } from '#shared/lease/pool.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { GrantBalance } from '#shared/journal/balance.ts'

/** Raised with every change of the stored form: a state in another format is folded anew. */
const FORMAT = 1

interface PackedPool {
  readonly format: typeof FORMAT
  readonly account: AccountSnapshot
  readonly catalogs: readonly (readonly [version: string, from: number])[]
  readonly balances: readonly GrantBalance[]
  readonly devices: readonly PackedDevice[]
  readonly debt: Pool['debt']
  readonly debtPaid: Pool['debtPaid']
}

type PackedDevice = Omit<PoolDevice, 'lines'> & {
  readonly lines: readonly (readonly [grantId: string, line: PoolLine])[]
}

export function packPool(pool: Pool): string {
  const packed: PackedPool = {
    format: FORMAT,
    account: packAccount(pool.account),
    catalogs: pool.account.catalogs.map(({ catalog, from }) => [catalog.version, from]),
    balances: [...pool.balances.values()],
    devices: [...pool.devices.values()].map(({ lines, ...device }) => {
      return { ...device, lines: [...lines] }
    }),
    debt: pool.debt,
    debtPaid: pool.debtPaid,
  }
  return JSON.stringify(packed)
}

/** Null for another format. Throws if its lines and balances do not agree. */
export async function unpackPool(
  text: string,
  catalogOf: (version: string) => Promise<Catalog>,
): Promise<Pool | null> {
  const packed = JSON.parse(text) as PackedPool
  if ((packed.format as number) !== FORMAT) return null
  let account = unpackAccount(packed.account)
  for (const [version, from] of packed.catalogs) {
    account = withCatalog(account, await catalogOf(version), from)
  }
  const devices = packed.devices.map(({ lines, ...device }) => {
    return [device.deviceId, { ...device, lines: new Map(lines) }] as const
  })
  const { debt, debtPaid } = packed
  const balances = new Map(packed.balances.map((balance) => [balance.grant.id, balance]))
  const pool = { account, balances, devices: new Map(devices), debt, debtPaid }
  assertLinesAgree(pool)
  return pool
}
