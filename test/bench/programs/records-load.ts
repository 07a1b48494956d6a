import { randomUUID } from 'node:crypto'
/**
 * One figure of the records of a team's machines, in a process of its own:
 * `records-load <what> <JSON of shards>`. Prints milliseconds, or null where something is made.
 */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { sha256 } from '../../../src-main/ports/sha256.ts'
import { createReplica, type Replica } from '../../../src-main/sync/records/replica/replica.ts'
import { inFolder, takeAll } from '../replica-load.ts'
import { makeShard, type Shard, type ShardKey, shardOf } from '../shard-of.ts'
import { makeYjs, yjsMerge, yjsSync } from '../yjs-records.ts'

/** What can be asked for. */
export type Load = keyof typeof LOADS

const LOADS = {
  'make shard': ([key]) => makeShard(key),
  'make yjs': ([key]) => makeYjs(key),
  sync: ([key]) => sync(key),
  merge: ([left, right]) => merge(left, right),
  log: ([key]) => bareLog(key),
  'yjs sync': ([key]) => yjsSync(key),
  'yjs merge': ([left, right]) => yjsMerge(left, right),
} satisfies Record<string, (keys: [ShardKey, ShardKey]) => unknown>

const [what = '', keys = '[]'] = process.argv.slice(2)
const figure = await LOADS[what as Load](JSON.parse(keys) as [ShardKey, ShardKey])
console.log(JSON.stringify(figure ?? null))

/** Everything of a machine into an empty one. */
function sync(key: ShardKey): Promise<number> {
  const shard = shardOf(key)
  return inReplica((replica) => timed(() => takeAll(replica, shard)))
}

/** Everything of one machine into one that has as much of another. */
function merge(left: ShardKey, right: ShardKey): Promise<number> {
  const [first, second] = [shardOf(left), shardOf(right)]
  return inReplica(async (replica) => {
    await takeAll(replica, first)
    await atRest(replica, first)
    return timed(() => takeAll(replica, second))
  })
}

/** What came is counted and read, as it is in a machine that has been running for a while. */
async function atRest(replica: Replica, { segments }: Shard): Promise<void> {
  await replica.seekLabels()
  for (let pause = 0; pause <= segments.length; pause++) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function inReplica<T>(work: (replica: Replica) => Promise<T>): Promise<T> {
  return inFolder(async (directory) => {
    const replica = createReplica({
      directory,
      automerge: loadAutomerge,
      ids: { next: randomUUID },
    })
    // Made beforehand, like the log that is held against it.
    replica.store()
    const result = await work(replica)
    replica.close()
    return result
  })
}

/** The least there is: the same bytes, checked and kept. */
function bareLog(key: ShardKey): Promise<number> {
  const { segments } = shardOf(key)
  return inFolder(async (directory) => {
    const db = new DatabaseSync(join(directory, 'log.sqlite'))
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    db.exec('CREATE TABLE segment (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT')
    const insert = db.prepare('INSERT INTO segment (name, bytes) VALUES (?, ?)')
    const time = await timed(() => {
      for (const { name, bytes } of segments) {
        if (sha256(bytes) !== name) throw new Error('Another segment')
        insert.run(name, bytes)
      }
    })
    db.close()
    return time
  })
}

async function timed(work: () => unknown): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
