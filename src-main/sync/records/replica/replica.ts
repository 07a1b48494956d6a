/**
 * What this machine has of the others': their tails, the indices of their sealed stretches, segments
 * that somebody looked at, and the names people gave. Nothing of it is read before it is asked for,
 * so a start does not notice how much there is.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HeardRun } from '#shared/policy/others.ts'
import { decodeRecords } from '#shared/records/batch.ts'
import { changeHash } from '#shared/records/index-change.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import {
  ACCOUNT_DOCUMENT,
  documentKind,
  stretchEnd,
  stretchStart,
} from '#shared/records/stretches.ts'
import type { Ids } from '#shared/ports/ids.ts'
import { type Result, success } from '#shared/result.ts'
import type { Label } from '#shared/usage/labels.ts'
import { closing } from '../../closing.ts'
import { sha256 } from '../../../ports/sha256.ts'
import type { AccountDocument, AutomergeLibrary } from './account-document.ts'
import { invalid } from './arrived.ts'
import { openReplicaFile, REPLICA_FILE, type ReplicaFile } from './file.ts'
import { heardRuns } from './heard-runs.ts'
import { createSealedHistory } from './sealed-history.ts'
import type { ReplicaStore } from './store.ts'
import { takeIndex } from './take-index.ts'
import { createTails } from './tails.ts'
import { acceptedNames, dropName, giveName, takeNames } from './team-names.ts'
import {
  countAll,
  type MachineTotal,
  machineTotalsOf,
  type TeamTotal,
  type TotalsBy,
  totalsOf,
} from './totals.ts'

export interface Replica {
  positions(): ReadonlyMap<string, number>
  position(document: string): number
  /** The hash of the last change of the account document here; empty before the first. */
  namesHash(): string
  /**
   * Takes up items of a document that begin at its position or before; those it has are passed over.
   * Fails with `document_invalid`, changing nothing.
   */
  take(document: string, after: number, items: readonly Uint8Array[]): Promise<Result<null>>
  /** Names of segments that somebody waits for. */
  wanted(): readonly string[]
  /**
   * A segment came; null: the server has none of that name. Fails with `segment_invalid` when the
   * bytes are not what the name says.
   */
  takeSegment(name: string, bytes: Uint8Array | null): Promise<Result<null>>
  /** Wants a whole stretch of a device; heard of through `onSegment`. */
  want(deviceId: string, stretch: number): void
  onSegment(listener: (name: string) => void): () => void
  /** What others labelled and came after label `number`: of each operation and field the last word. */
  labelsAfter(number: number, limit: number): readonly NumberedLabel[]
  onLabels(listener: () => void): () => void
  /**
   * Wants sealed history in which there may be labels that nobody here has read: where a stretch holds
   * more than runs. True when there is more to fetch.
   */
  seekLabels(): Promise<boolean>
  /** Records of a stretch that is here; null when it is sealed and has not been fetched. */
  records(deviceId: string, stretch: number): readonly DeviceRecord[] | null
  /** Totals of the others' runs that started on days from `from` up to `to` (UTC). */
  totals(by: TotalsBy, from: number, to: number): Promise<readonly TeamTotal[]>
  /** Runs of the others that started on day `from` (UTC) or later, by machine and member. */
  machineTotals(from: number): Promise<readonly MachineTotal[]>
  /** The others' runs that were held at `from` or later, as caps count them. */
  runsSince(from: number): Promise<readonly HeardRun[]>
  /** The names that were given, by the keys of the account document; those given here too. */
  names(): ReadonlyMap<string, string>
  /** Gives a name; it is here at once, for good, and goes to the server when there is one. */
  rename(key: string, value: string): Promise<Result<null>>
  /** Lets go of a name given here that the server does not have. */
  dropName(key: string): Promise<void>
  /** Hears when names are others. */
  onNames(listener: () => void): () => void
  /** For what this machine itself is to send. */
  store(): ReplicaStore
  close(): void
}

export interface NumberedLabel {
  readonly number: number
  readonly label: Label
}

export interface ReplicaDeps {
  readonly directory: string
  readonly automerge: () => Promise<AutomergeLibrary>
  /** For the actors of names given here: of those given at once, the later made id stands. */
  readonly ids: Ids
}

export function createReplica({ directory, automerge, ids }: ReplicaDeps): Replica {
  const path = join(directory, REPLICA_FILE)
  let opened: ReplicaFile | null = null
  const here = () => (opened ??= openReplicaFile(path))
  /** Null where nobody ever told anything. */
  const found = () => (existsSync(path) ? here() : null)
  const segmentListeners = new Set<(name: string) => void>()
  const labelListeners = new Set<() => void>()
  const tellLabels = () => {
    for (const listener of labelListeners) listener()
  }
  const nameListeners = new Set<() => void>()
  /** The names the server has: read with the first name that is given or comes. */
  let accepted: AccountDocument | null = null
  const history = createSealedHistory(tellLabels)
  const tails = createTails(tellLabels)

  function position(document: string): number {
    return here().positions.get(document) ?? 0
  }

  /** The file with all that came counted; null where there is none, or it was closed. */
  async function counted(): Promise<ReplicaFile | null> {
    const file = found()
    const isOpen = () => opened === file
    if (!file || !(await countAll(file, isOpen))) return null
    while (tails.readSome(file)) {
      await new Promise((resolve) => setImmediate(resolve))
      if (!isOpen()) return null
    }
    return file
  }

  /** Does something to the names; they are others then. */
  async function withNames(
    work: (accepted: AccountDocument, file: ReplicaFile) => Result<null>,
  ): Promise<Result<null>> {
    const file = here()
    const library = await automerge()
    if (opened !== file) return closing()
    const names = accepted ?? acceptedNames(library, file)
    // What could not be written down is not among them: they are read again.
    accepted = null
    const done = work(names, file)
    if (!done.ok) return done
    accepted = names
    for (const listener of nameListeners) listener()
    return done
  }

  return {
    positions: () => here().positions,
    position,
    namesHash() {
      const last = here().store.lastChange(ACCOUNT_DOCUMENT)
      return last ? changeHash(last, sha256) : ''
    },
    async take(document, after, items) {
      const kind = documentKind(document)
      if (!kind) return invalid('there is no such document')
      if (after > position(document)) return invalid('what comes before is missing')
      if (after + items.length <= position(document)) return success(null)
      const arrived = { document, after, items }
      if (kind.kind === 'account') {
        return withNames((names, file) => takeNames(names, file, arrived))
      }
      if (kind.kind === 'index') {
        // What was labelled in it is known then.
        while (tails.readSome(here()));
        return takeIndex(here(), kind.deviceId, arrived)
      }
      // Sealed meanwhile: its index came first.
      const { stream, stretch } = kind
      if (here().store.stretch(stream, stretch)) return success(null)
      return tails.take(here(), stream, stretch, arrived)
    },
    wanted: history.wanted,
    async takeSegment(name, bytes) {
      const taken = history.take(here(), name, bytes)
      if (taken.ok) for (const listener of segmentListeners) listener(name)
      return taken
    },
    want(deviceId, stretch) {
      const sealed = here().store.stretch(deviceId, stretch)
      if (sealed) history.want(here(), sealed.name)
    },
    onSegment(listener) {
      segmentListeners.add(listener)
      return () => segmentListeners.delete(listener)
    },
    labelsAfter(number, limit) {
      const file = found()
      if (!file) return []
      tails.goOn(file)
      return file.store.labelsAfter(number, limit)
    },
    onLabels(listener) {
      labelListeners.add(listener)
      return () => labelListeners.delete(listener)
    },
    async seekLabels() {
      const file = await counted()
      return file !== null && history.seek(file)
    },
    records(deviceId, stretch) {
      const { store } = here()
      while (tails.readSome(here()));
      const sealed = store.stretch(deviceId, stretch)
      if (!sealed) {
        const from = stretchStart(stretch)
        return store.tail(deviceId, from).filter(({ sequence }) => sequence <= stretchEnd(stretch))
      }
      const bytes = history.segment(here(), sealed.name)
      if (!bytes) return null
      const read = decodeRecords(bytes, deviceId, stretchStart(stretch))
      return read.ok ? read.data : null
    },
    async totals(by, from, to) {
      const file = await counted()
      return file ? totalsOf(file.store, by, from, to) : []
    },
    async machineTotals(from) {
      const file = await counted()
      return file ? machineTotalsOf(file.store, from) : []
    },
    async runsSince(from) {
      const file = await counted()
      return file ? heardRuns(file.store, from) : []
    },
    names: () => found()?.store.names() ?? new Map<string, string>(),
    rename: (key, value) =>
      withNames((names, file) => {
        giveName(names, file, actorOf(ids.next()), key, value)
        return success(null)
      }),
    async dropName(key) {
      await withNames((names, file) => {
        dropName(names, file, key)
        return success(null)
      })
    },
    onNames(listener) {
      nameListeners.add(listener)
      return () => nameListeners.delete(listener)
    },
    store: () => here().store,
    close() {
      if (!opened) return
      tails.stop()
      history.stop(opened)
      opened.close()
      opened = null
      accepted = null
    },
  }
}

/** A UUID's digits. */
const actorOf = (id: string) => id.replaceAll('-', '')
