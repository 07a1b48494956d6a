/** What every field of the editor needs: the document, what is wrong with it, and how to change it. */

import { createContext, useContext } from 'react'
import type { CatalogProblem } from '#shared/catalog/catalog.ts'
import { isList, isObject, type Json, type Path, pathText, valueAt } from './document.ts'
import type { Option, ReferenceName } from './field-spec.ts'

export interface Editing {
  readonly document: Json
  readonly problems: readonly CatalogProblem[]
  /** Undefined takes the value away. */
  change(path: Path, value: Json | undefined): void
}

export const EditingContext = createContext<Editing>({
  document: {},
  problems: [],
  change: () => undefined,
})

export const useEditing = (): Editing => useContext(EditingContext)

/** The problems of exactly this place; with `within` also of what is inside it. */
export function problemsAt(
  problems: readonly CatalogProblem[],
  path: Path,
  within: boolean,
): readonly CatalogProblem[] {
  const place = pathText(path)
  return problems.filter((problem) => {
    if (problem.path === place) return true
    return within && isInside(problem.path, place)
  })
}

const isInside = (path: string, place: string): boolean =>
  path.startsWith(`${place}.`) || path.startsWith(`${place}[`)

/** A problem as a sentence at its field. */
export function problemText(problem: CatalogProblem): string {
  const { message } = problem
  if (message.endsWith('received undefined')) return 'Fill this in.'
  if (/^Invalid input: expected (number|int)/.test(message)) return 'Use a whole number.'
  if (message.startsWith('Too small: expected string to have')) return 'Fill this in.'
  const words = message.replace(/^Invalid input: expected/, 'Expected')
  return /[.?]$/.test(words) ? words : `${words}.`
}

/** The plans or operations of the document that can be chosen, by their ids. */
export function referenceOptions(document: Json, of: ReferenceName): readonly Option[] {
  const list = valueAt(document, [of])
  if (!isList(list)) return []
  return list.flatMap((entry) => {
    if (!isObject(entry)) return []
    const { id, name } = entry
    if (typeof id !== 'string') return []
    return [{ value: id, label: typeof name === 'string' && name !== '' ? name : id }]
  })
}
