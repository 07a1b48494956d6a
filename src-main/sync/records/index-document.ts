/**
 * The index of a device's sealed stretches: an Automerge document that only the device writes. Every
 * change is a function of the records before it, its actor of the device, so the document need not be
 * kept: made anew it is the same, change by change, and a change twice is one change.
 */

import { hash } from 'node:crypto'
import type * as Automerge from '@automerge/automerge'
import { decodeSealed, encodeSealed } from '#shared/records/sealed.ts'
import type { SealedStretch } from '#shared/records/stretches.ts'

/** Automerge is loaded when a server is first met: a start without one does not wait for it. */
export type AutomergeLibrary = Pick<typeof Automerge, 'getBackend' | 'init'>
export const loadAutomerge = (): Promise<AutomergeLibrary> => import('@automerge/automerge')

/** The writing device's side. */
export interface IndexWriter {
  /** The change that adds the next stretch. Throws when it is not the next. */
  add(sealed: SealedStretch): Uint8Array
  length(): number
}

const ACTOR_DIGITS = 16

export function createIndexWriter(automerge: AutomergeLibrary, deviceId: string): IndexWriter {
  const actor = hash('sha256', `index of ${deviceId}`, 'hex').slice(0, ACTOR_DIGITS)
  const document = backendOf(automerge, actor)
  let length = 0
  return {
    add(sealed) {
      if (sealed.stretch !== length + 1) throw new Error(`Stretch ${sealed.stretch} is not next`)
      document.put('_root', String(sealed.stretch), encodeSealed(sealed), 'bytes')
      document.commit(null, 0)
      length++
      return document.getLastLocalChange() as Uint8Array
    },
    length: () => length,
  }
}

/** A document that others wrote. */
export interface IndexReader {
  /** Takes changes in, in order, and gives the stretches they add; null when they are no index. */
  take(changes: readonly Uint8Array[]): readonly SealedStretch[] | null
}

export function createIndexReader(automerge: AutomergeLibrary): IndexReader {
  const document = backendOf(automerge)
  let length = 0
  return {
    take(changes) {
      try {
        document.applyChanges([...changes])
      } catch {
        return null
      }
      const added: SealedStretch[] = []
      for (;;) {
        const value = document.get('_root', String(length + 1))
        if (value === undefined || value === null) return added
        if (!(value instanceof Uint8Array)) return null
        const sealed = decodeSealed(length + 1, value)
        if (!sealed) return null
        added.push(sealed)
        length++
      }
    },
  }
}

/** The document itself, without a JavaScript copy of what is in it. */
export function backendOf(
  automerge: AutomergeLibrary,
  actor?: string,
): ReturnType<AutomergeLibrary['getBackend']> {
  return automerge.getBackend(automerge.init(actor === undefined ? {} : { actor }))
}
