/**
 * Notices of teams to every process on the store. Hints to look again: the facts are in the store.
 */

import { z } from 'zod'
import type { Transaction } from '../store/database.ts'

/** Payload: the account's id. Its members, machines or name have changed. */
export const TEAM_CHANGED = 'team-changed'

/** Payload: see `readClosed`. Machines that may no longer be connected. */
export const DEVICES_CLOSED = 'devices-closed'

const closed = z.strictObject({ accountId: z.string(), deviceId: z.string() })
export type ClosedDevice = z.output<typeof closed>

export function tellTeamChanged(
  transaction: Pick<Transaction, 'publish'>,
  accountId: string,
): void {
  transaction.publish(TEAM_CHANGED, accountId)
}

export function tellClosed(transaction: Pick<Transaction, 'publish'>, device: ClosedDevice): void {
  transaction.publish(DEVICES_CLOSED, JSON.stringify(device))
}

export function readClosed(payload: string): ClosedDevice {
  return closed.parse(JSON.parse(payload))
}
