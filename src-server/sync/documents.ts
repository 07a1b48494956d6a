/**
 * Documents of accounts (decision 0016). The server keeps none in memory: of each change it reads what
 * it must know to accept it, and of those before it only what the change names.
 */

import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Database, Transaction } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import { transact, writeAs } from '../teams/writing.ts'
import { type AddChange, isLogged, itemsAfter, logEnd, positionsOf } from './document-log.ts'
import { addStretch } from './index-changes.ts'
import { addName } from './name-changes.ts'
import { tellAccount } from './news.ts'
import type { DocumentStore } from './ports.ts'
import { keepSegment, readSegment } from './segments.ts'

export function createDocumentStore(database: Database): DocumentStore {
  return {
    positions: (accountId) => positionsOf(database.query, accountId),
    has: (accountId, document, hash) => isLogged(database.query, accountId, document, hash),
    after: (accountId, document, position, maximumBytes) =>
      itemsAfter(database.query, accountId, document, position, maximumBytes),
    async put(identity, document, items) {
      if (document !== ACCOUNT_DOCUMENT) {
        return transact(database, async (transaction) => {
          await transaction.lockAccount(identity.accountId)
          return put(transaction, identity, document, items, addStretch)
        })
      }
      const done = await writeAs(database, identity, (transaction, actor) =>
        put(transaction, identity, document, items, (...change) => addName(actor, ...change)),
      )
      // Whoever may write nothing any more gives no names either.
      return done.ok || done.error.code === 'document_invalid' ? done : nameRefused(done.error.code)
    },
    segment: (accountId, name) => readSegment(database.query, accountId, name),
    putSegment: ({ accountId, deviceId }, name, bytes) =>
      keepSegment(database.query, accountId, deviceId, name, bytes),
  }
}

async function put(
  transaction: Transaction,
  identity: Identity,
  document: string,
  items: readonly Uint8Array[],
  add: AddChange,
): Promise<Result<{ readonly after: number; readonly to: number }>> {
  const { accountId } = identity
  const before = await logEnd(transaction.query, accountId, document)
  let end = before
  for (const bytes of items) {
    const added = await add(transaction, identity, document, end, bytes)
    if (!added.ok) return added
    end = added.data
  }
  if (end !== before) tellAccount(transaction, accountId, { about: 'document', document })
  return success({ after: before.position, to: end.position })
}

function nameRefused(why: string) {
  return failure('name_refused', 'The team did not take a name.', { why })
}
