/**
 * The names that people give, as an Automerge document that all of a team's machines write: of one
 * name given twice at once, the same one stays everywhere.
 */

import type * as Automerge from '@automerge/automerge'

/** Automerge is loaded when a name is given or comes from others: nothing else waits for it. */
export type AutomergeLibrary = Pick<typeof Automerge, 'getBackend' | 'init'>
let loading: Promise<AutomergeLibrary> | null = null
export const loadAutomerge = (): Promise<AutomergeLibrary> =>
  (loading ??= import('@automerge/automerge'))

export interface AccountDocument {
  /** Takes changes in, those it has already too; false when they are none. */
  take(changes: readonly Uint8Array[]): boolean
  /** The change that gives a name; null when that is its name already. Of one copy, once. */
  name(key: string, value: string): Uint8Array | null
  names(): ReadonlyMap<string, string>
  /** Another with what is in this one. `actor`, 32 hex digits, is whose change it will make. */
  copy(actor?: string): AccountDocument
}

/** An empty document. */
export function createAccountDocument(automerge: AutomergeLibrary): AccountDocument {
  // The document itself, without a JavaScript copy of what is in it.
  return around(automerge.getBackend(automerge.init()))
}

function around(document: ReturnType<AutomergeLibrary['getBackend']>): AccountDocument {
  return {
    take(changes) {
      try {
        if (changes.length > 0) document.applyChanges([...changes])
        return true
      } catch {
        return false
      }
    },
    name(key, value) {
      if (document.get('_root', key) === value) return null
      document.put('_root', key, value, 'str')
      document.commit(null, 0)
      return document.getLastLocalChange()
    },
    names() {
      const found = new Map<string, string>()
      for (const key of document.keys('_root')) {
        const value = document.get('_root', key)
        if (typeof value === 'string') found.set(key, value)
      }
      return found
    },
    copy: (actor) => around(document.clone(actor)),
  }
}
