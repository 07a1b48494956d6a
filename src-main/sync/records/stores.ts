/** The records and documents of this machine as a connection asks them. */

import { headText } from '#shared/records/canonical.ts'
import type { DocumentStore, RecordLog as SyncRecords } from '../ports.ts'
import { createOutbox } from './outbox.ts'
import type { RecordLog } from './record-log.ts'
import type { Replica } from './replica/replica.ts'

export interface SyncStoresDeps {
  readonly log: RecordLog
  readonly replica: Replica
  readonly accountId: string
  readonly deviceId: string
  /** Ed25519 with the device's key. */
  readonly sign: (text: string) => Uint8Array
}

/** What `createSync` stands on, for one membership. */
export function createSyncStores(deps: SyncStoresDeps): {
  readonly records: SyncRecords
  readonly documents: DocumentStore
} {
  const { log, replica, accountId, deviceId, sign } = deps
  const acknowledged = () => replica.store().acknowledged(deviceId)
  const outbox = createOutbox({ log, replica, deviceId, acknowledged })
  const { positions, position, namesHash, take, wanted, takeSegment } = replica
  const { next, sent, refused, pending } = outbox
  return {
    records: {
      head: log.head,
      hashAt: log.hashAt,
      after: log.after,
      sign: (head) => sign(headText(accountId, deviceId, head)),
      acknowledge: ({ sequence }) => replica.store().setAcknowledged(deviceId, sequence),
      acknowledged,
    },
    documents: {
      positions,
      position,
      namesHash,
      take,
      wanted,
      takeSegment,
      next,
      sent,
      refused,
      pending,
    },
  }
}
