/** The authority as sessions use it: each query and each command in a transaction of its own. */

import type { Entry } from '#shared/journal/journal.ts'
import { success } from '#shared/result.ts'
import { isForDevices } from '#shared/sync/for-devices.ts'
import type { WireEntry } from '#shared/sync/messages.ts'
import { withAccount } from '../authority/accounts.ts'
import type { Authority } from '../authority/authority.ts'
import type { Database } from '../store/database.ts'
import type { SyncAuthority } from './ports.ts'

/** Entries looked through at a time. */
const AT_ONCE = 200

export function createSyncAuthority(database: Database, authority: Authority): SyncAuthority {
  const { query } = database
  return {
    async position(accountId) {
      const [row] = await query<{ sequence: number }>(
        'SELECT sequence FROM account WHERE id = ?',
        accountId,
      )
      return row?.sequence ?? 0
    },
    async hashAt(accountId, position) {
      const [row] = await query<{ hash: string }>(
        'SELECT hash FROM account_entry WHERE account_id = ? AND sequence = ?',
        accountId,
        position,
      )
      return row?.hash ?? ''
    },
    async entriesAfter(accountId, after, maximumBytes) {
      const found = await authority.entriesAfter(query, accountId, after, AT_ONCE)
      const entries: WireEntry[] = []
      let to = after
      let bytes = 0
      for (const entry of found) {
        const told = isForDevices(entry.facts.kind) ? wireEntry(entry) : null
        bytes += told ? JSON.stringify(told).length : 0
        if (bytes > maximumBytes && entries.length > 0) break
        if (told) entries.push(told)
        to = entry.sequence
      }
      return { to, entries }
    },
    statement: (accountId, deviceId) => authority.statement(query, accountId, deviceId),
    async lease(accountId, deviceId, request) {
      const looked =
        request.needed === 0 && (await authority.lookAtLease(query, accountId, deviceId))
      if (looked) return success({ unmet: false, ...looked })
      const leased = await withAccount(database, accountId, (transaction) =>
        authority.lease(transaction, accountId, deviceId, request),
      )
      if (!leased.ok) return leased
      const { unmet, recalls, position } = leased.data
      return success({ unmet: unmet > 0, recalls, position })
    },
    async pool(accountId) {
      const { pool } = await authority.read(query, accountId)
      return pool
    },
    report: authority.report,
  }
}

function wireEntry({ sequence, id, at, facts, postings }: Entry): WireEntry {
  return { sequence, id, at, facts: { ...facts }, postings: postings.map((one) => ({ ...one })) }
}
