/** The records held against: a Y.Map of them, as one update, made once and kept in `.cache/bench`. */

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Y from 'yjs'
import { CACHE } from './generate.ts'
import { plainRecords, type ShardKey } from './shard-of.ts'

/** Raise it when what is in the map changes. */
const EDITION = 1

const fileOf = ({ deviceId, count }: ShardKey) =>
  join(CACHE, `yjs-${deviceId}-${count}-e${EDITION}.bin`)

export const isYjsMade = (key: ShardKey): boolean => existsSync(fileOf(key))

/** How many bytes the update has. */
export const yjsBytes = (key: ShardKey): number => statSync(fileOf(key)).size

export function makeYjs(key: ShardKey): void {
  const document = new Y.Doc()
  const map = document.getMap('records')
  document.transact(() => {
    plainRecords(key).forEach((record, at) => map.set(`${key.seed}-${at}`, JSON.parse(record)))
  })
  const making = `${fileOf(key)}.making`
  writeFileSync(making, Y.encodeStateAsUpdate(document))
  renameSync(making, fileOf(key))
}

/** Milliseconds of the update into an empty document. */
export function yjsSync(key: ShardKey): number {
  return takeInto(new Y.Doc(), key)
}

/** Milliseconds of one update into a document that has the other. */
export function yjsMerge(left: ShardKey, right: ShardKey): number {
  const document = new Y.Doc()
  takeInto(document, left)
  return takeInto(document, right)
}

function takeInto(document: Y.Doc, key: ShardKey): number {
  const update = readFileSync(fileOf(key))
  const from = performance.now()
  Y.applyUpdate(document, update)
  return performance.now() - from
}
