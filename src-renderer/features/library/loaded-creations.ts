/** The loaded part of the library, newest first, as pages and changes come in. */

import type { CallOutput } from '#shared/host/calls.ts'
import type { CreationView } from '#shared/host/views.ts'

type LibraryPage = CallOutput<'library.page'>

export interface LoadedCreations {
  readonly creations: readonly CreationView[]
  /** Where the next page goes on; null at the end. */
  readonly nextBefore: string | null
}

export const NO_CREATIONS: LoadedCreations = { creations: [], nextBefore: null }

/** Adds an older page at the end. What is there already is not doubled. */
export function appendCreations(loaded: LoadedCreations, page: LibraryPage): LoadedCreations {
  const known = new Set(loaded.creations.map(({ id }) => id))
  const older = page.creations.filter(({ id }) => !known.has(id))
  return { creations: [...loaded.creations, ...older], nextBefore: page.nextBefore }
}

/**
 * Lays a freshly read first page over what is loaded: what is older than the page stays, everything
 * the page covers is as the page says. Without an overlap only the page remains.
 */
export function refreshCreations(loaded: LoadedCreations, page: LibraryPage): LoadedCreations {
  const last = page.creations.at(-1)
  if (page.nextBefore === null || !last) return page
  const at = loaded.creations.findIndex(({ id }) => id === last.id)
  if (at < 0) return page
  const older = loaded.creations.slice(at + 1)
  if (older.length === 0) return page
  return { creations: [...page.creations, ...older], nextBefore: loaded.nextBefore }
}

export function withoutCreation(loaded: LoadedCreations, id: string): LoadedCreations {
  return { ...loaded, creations: loaded.creations.filter((creation) => creation.id !== id) }
}
