/** Who owns the credits of this machine, made at first start and kept from then on. */

import { join } from 'node:path'
import { z } from 'zod'
import { failure, type Result, success } from '#shared/result.ts'
import { readJsonFile, systemErrorCode, writeFileAtomic } from '../files/atomic-file.ts'
import { isDiskFull } from '../files/storage-trouble.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Clock } from '#shared/ports/time.ts'

const ACCOUNT_FILE = 'account.json'
/** Billing cycles depend on the account: losing the file must not restart them. */
const ACCOUNT_COPY_FILE = 'account.copy.json'

const accountSchema = z.object({
  accountId: z.uuid(),
  deviceId: z.uuid(),
  /** Epoch milliseconds; with `timeZone` the anchor of the billing cycles. */
  createdAt: z.int().min(0),
  /** IANA name at the time of creation; a later change of settings does not move the cycles. */
  timeZone: z.string().min(1).max(60),
  planId: z.string().min(1).max(64),
})

export type Account = Readonly<z.output<typeof accountSchema>>

export interface AccountPorts {
  readonly clock: Clock
  readonly ids: Ids
  /** IANA name. */
  readonly timeZone: string
  /** Of a new account. */
  readonly planId: string
}

/**
 * Reads the account in `directory`, which must exist, or makes one on first use. A lost or damaged
 * file is restored from its copy. Fails, changing nothing, with `account_damaged`, `disk_full` or
 * `account_not_writable`.
 */
export function openAccount(directory: string, ports: AccountPorts): Result<Account> {
  const paths = [join(directory, ACCOUNT_FILE), join(directory, ACCOUNT_COPY_FILE)]
  try {
    const files = paths.map((path) => readJsonFile(path, accountSchema))
    const kept = files.find((file) => file.state === 'ok')
    if (!kept && files.some(({ state }) => state === 'damaged')) return damaged(directory)
    const account = kept?.data ?? newAccount(ports)
    for (const [at, path] of paths.entries()) {
      if (files[at]?.state !== 'ok') write(path, account, kept !== undefined)
    }
    return success(account)
  } catch (error) {
    const cause = systemErrorCode(error)
    if (cause === undefined) throw error
    return notUsable(cause)
  }
}

function newAccount({ clock, ids, timeZone, planId }: AccountPorts): Account {
  return {
    accountId: ids.next(),
    deviceId: ids.next(),
    createdAt: clock.now(),
    timeZone,
    planId,
  }
}

/** Restoring a file that has a good copy can wait; the first write cannot. */
function write(path: string, account: Account, canWait: boolean): void {
  try {
    writeFileAtomic(path, `${JSON.stringify(account, null, 2)}\n`)
  } catch (error) {
    if (!canWait || systemErrorCode(error) === undefined) throw error
  }
}

function damaged(directory: string) {
  return failure(
    'account_damaged',
    `The account file in ${directory} and its copy are damaged. Put ${ACCOUNT_FILE} back from a backup and start Tallystick again; nothing was changed.`,
  )
}

function notUsable(cause: string) {
  if (isDiskFull(cause)) {
    return failure('disk_full', 'The disk is full. Free some space and start Tallystick again.')
  }
  return failure(
    'account_not_writable',
    'Tallystick may not read or write its account file. Check the permissions of the data folder.',
    { cause },
  )
}
