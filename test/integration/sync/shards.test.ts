import { generateKeyPairSync, sign, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { encodeRecords } from '#shared/records/batch.ts'
import { headText, NO_RECORDS } from '#shared/records/canonical.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { rollUp } from '#shared/records/rollup.ts'
import { STRETCH } from '#shared/records/stretches.ts'
import type { RecordLog } from '../../../src-main/sync/records/record-log.ts'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { createOutbox, type Outbox } from '../../../src-main/sync/records/outbox.ts'
import { createReplica, type Replica } from '../../../src-main/sync/records/replica/replica.ts'
import type { Database } from '../../../src-server/store/database.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { createDocumentStore } from '../../../src-server/sync/documents.ts'
import { createRecordStore } from '../../../src-server/sync/records.ts'
import type { Identity } from '../../../src-server/teams/identity.ts'
import { codeOf, temporaryFolder, unwrap } from '../../support/ledger.ts'
import { headOf, logOf, recordsOf } from '../../support/records.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'

const ACCOUNT = 'account-1'
const DEVICE = 'device-a'

onEachEngine((place) => {
  let database: Database
  let replica: Replica
  const folder = temporaryFolder()
  const keys = generateKeyPairSync('ed25519')
  const records = createRecordStore()
  const identity = (deviceId: string, role: Identity['role'] = 'member'): Identity => ({
    accountId: ACCOUNT,
    memberId: `member-of-${deviceId}`,
    deviceId,
    role,
    standing: 'active',
  })

  beforeEach(async () => {
    await place.fresh()
    database = await openDatabase(place.url, silentLog)
    await database.query(
      `INSERT INTO account (id, created_at, sequence, at, hash, state) VALUES ('${ACCOUNT}', 0, 0, 0, '', '{}')`,
    )
    const made = temporaryFolder()
    replica = createReplica({
      directory: made.path,
      automerge: loadAutomerge,
      ids: { next: randomUUID },
    })
  })

  afterEach(async () => {
    replica.close()
    await database.close()
    folder.remove()
  })

  /** Takes a batch in as a session does, without the judging. */
  async function push(
    batch: Uint8Array,
    from: number,
    all: readonly DeviceRecord[],
  ): Promise<void> {
    await database.transaction(async (transaction) => {
      const { query } = transaction
      const head = await records.head(query, ACCOUNT, DEVICE)
      const [previous = ''] = await records.hashes(query, ACCOUNT, DEVICE, from - 1, from - 1)
      const where = { deviceId: DEVICE, from, previous, batch }
      const read = unwrap(await records.read(query, ACCOUNT, DEVICE, where))
      const to = headOf(all.slice(0, from - 1 + read.records.length))
      expect(read.hashes.at(-1)).toBe(to.hash)
      if (to.sequence <= head.sequence) return
      await records.append(transaction, {
        accountId: ACCOUNT,
        deviceId: DEVICE,
        stream: DEVICE,
        from: head.sequence + 1,
        batchFrom: from,
        to,
        batch,
        hashes: read.hashes,
        records: read.records,
        signature: new Uint8Array(64),
      })
    })
  }

  async function pushAll(log: RecordLog, all: readonly DeviceRecord[], bytes: number) {
    let isTaken = false
    for (let at = 0; at < all.length; isTaken = true) {
      const more = log.after(at, bytes, isTaken ? 'continued' : 'whole')
      if (!more) throw new Error('There is no more')
      await push(more.batch, at + 1, all)
      at = more.to.sequence
    }
  }

  async function drain(outbox: Outbox, by = identity(DEVICE)): Promise<void> {
    const documents = createDocumentStore(database)
    for (let next = outbox.next(new Set()); next; next = outbox.next(new Set())) {
      if (next.kind === 'segment') {
        unwrap(await documents.putSegment(by, next.name, next.bytes))
        await outbox.sent(next.key, 0, 0)
      } else {
        const { after, to } = unwrap(await documents.put(by, next.document, next.items))
        await outbox.sent(next.key, after, to)
      }
    }
  }

  /** Reads everything there is, some at a time, as a session sends it. */
  async function follow(into: Replica, bytes = 2_000): Promise<void> {
    const documents = createDocumentStore(database)
    for (const [document, position] of await documents.positions(ACCOUNT)) {
      for (let at = into.position(document); at < position; at = into.position(document)) {
        const items = await documents.after(ACCOUNT, document, at, bytes)
        unwrap(await into.take(document, at, items))
      }
    }
    expect(new Map(await documents.positions(ACCOUNT))).toEqual(new Map(into.positions()))
  }

  it('brings another machine the records, however they were batched and sealed', async () => {
    const all = recordsOf(DEVICE, STRETCH * 2 + 70)
    const log = logOf(all)
    const outbox = createOutbox({
      log,
      replica: createReplica({
        directory: temporaryFolder().path,
        automerge: loadAutomerge,
        ids: { next: randomUUID },
      }),
      deviceId: DEVICE,
      acknowledged: () => all.length,
    })
    await push(unwrap1(log.after(0, 20_000)), 1, all)
    await follow(replica)
    await pushAll(log, all, 300_000)
    await follow(replica)
    await drain(outbox)
    expect(outbox.pending()).toBe(0)
    await follow(replica)
    // Sealed: the totals are there, the records only when somebody looks.
    expect(replica.records(DEVICE, 1)).toBeNull()
    expect(replica.records(DEVICE, 3)).toEqual(all.slice(STRETCH * 2))
    for (const stretch of [1, 2]) replica.want(DEVICE, stretch)
    const documents = createDocumentStore(database)
    for (const name of replica.wanted()) {
      const bytes = await documents.segment(ACCOUNT, name)
      expect(codeOf(await replica.takeSegment(name, (bytes as Uint8Array).slice(1)))).toBe(
        'segment_invalid',
      )
      unwrap(await replica.takeSegment(name, bytes))
    }
    expect(replica.records(DEVICE, 2)).toEqual(all.slice(STRETCH, STRETCH * 2))
    const totals = await replica.totals('device', 0, 1e6)
    const credits = rollUp(all).reduce((sum, row) => sum + row.credits, 0)
    expect(totals).toEqual([{ key: DEVICE, runs: all.length, credits }])
    // Hashes are there at any place, also in what is sealed.
    const { query } = database
    for (const at of [0, 1, 700, STRETCH, STRETCH + 1, STRETCH * 2 + 70]) {
      const [hash] = await records.hashes(query, ACCOUNT, DEVICE, at, at)
      expect(hash).toBe(headOf(all.slice(0, at), NO_RECORDS).hash)
    }
  }, 60_000)

  it('refuses a tail with a gap and an index of other records, changing nothing', async () => {
    const all = recordsOf(DEVICE, 40)
    const log = logOf(all)
    await push(unwrap1(log.after(0, 10_000)), 1, all)
    await push(unwrap1(log.after(9, 10_000, 'continued')), 10, all)
    const documents = createDocumentStore(database)
    const items = await documents.after(ACCOUNT, `tail:${DEVICE}:1`, 0, 1e6)
    expect(items).toHaveLength(2)
    expect(codeOf(await replica.take(`tail:${DEVICE}:1`, 1, items.slice(1)))).toBe(
      'document_invalid',
    )
    expect(codeOf(await replica.take(`tail:${DEVICE}:1`, 0, items.slice(1)))).toBe(
      'document_invalid',
    )
    expect(replica.position(`tail:${DEVICE}:1`)).toBe(0)
    unwrap(await replica.take(`tail:${DEVICE}:1`, 0, items))
    unwrap(await replica.take(`tail:${DEVICE}:1`, 0, items))
    expect(replica.records(DEVICE, 1)).toEqual(all.slice(0, 18))

    const outbox = createOutbox({
      log: logOf(recordsOf(DEVICE, STRETCH, 9)),
      replica,
      deviceId: DEVICE,
      acknowledged: () => STRETCH,
    })
    const segment = outbox.next(new Set())
    if (segment?.kind !== 'segment') throw new Error('A segment comes first')
    const { name, bytes } = segment
    expect(codeOf(await documents.putSegment(identity(DEVICE), name, bytes.slice(1)))).toBe(
      'segment_invalid',
    )
    unwrap(await documents.putSegment(identity(DEVICE), name, bytes))
    await outbox.sent(segment.key, 0, 0)
    const index = outbox.next(new Set())
    if (index?.kind !== 'put') throw new Error('Then its index')
    const put = (by: Identity, items: readonly Uint8Array[]) =>
      documents.put(by, index.document, items)
    expect(codeOf(await put(identity(DEVICE), index.items))).toBe('document_invalid')
    expect(codeOf(await put(identity('device-b'), index.items))).toBe('document_invalid')
    expect(codeOf(await put(identity(DEVICE), [Uint8Array.of(1, 2, 3)]))).toBe('document_invalid')
    expect(await documents.positions(ACCOUNT)).toEqual([[`tail:${DEVICE}:1`, 2]])
  })

  it('knows whose signature is on a head', async () => {
    const { x } = keys.publicKey.export({ format: 'jwk' })
    await database.query(
      `INSERT INTO member (account_id, id, name, role, joined_at) VALUES ('${ACCOUNT}', 'm', 'M', 'owner', 0)`,
    )
    await database.query(
      `INSERT INTO device (account_id, id, member_id, public_key, name, platform, app_version,
         enrolled_at, last_seen_at, standing)
       VALUES ('${ACCOUNT}', '${DEVICE}', 'm', ?, 'D', 'linux', '1', 0, 0, 'active')`,
      x as string,
    )
    const head = headOf(recordsOf(DEVICE, 3))
    const signature = sign(null, Buffer.from(headText(ACCOUNT, DEVICE, head)), keys.privateKey)
    const { query } = database
    expect(await records.isSigned(query, identity(DEVICE), head, signature)).toBe(true)
    const other = { ...head, sequence: 4 }
    expect(await records.isSigned(query, identity(DEVICE), other, signature)).toBe(false)
    expect(await records.isSigned(query, identity('device-b'), head, signature)).toBe(false)
  })

  it('reads a batch that leans on a record only with that record', async () => {
    const all = recordsOf(DEVICE, 5)
    const leaning = encodeRecords(all.slice(3), all[2])
    const where = { deviceId: DEVICE, from: 4, previous: '', batch: leaning }
    expect(codeOf(await records.read(database.query, ACCOUNT, DEVICE, where))).toBe(
      'record_invalid',
    )
  })
})

function unwrap1(more: { readonly batch: Uint8Array } | null): Uint8Array {
  if (!more) throw new Error('There is no more')
  return more.batch
}
