/** The draft of a catalog: kept while the window is open, and as a draft text between times. */

import { create } from 'zustand'
import { readDraft, writeDraft } from '../../cache/cache.ts'
import {
  documentText,
  isObject,
  type Json,
  nextVersion,
  type Path,
  versionOf,
  withValue,
} from './document.ts'

const KEY = 'catalog'

/** A draft and the version in force that it began from. */
export interface Draft {
  readonly from: string
  readonly document: Json
}

interface DraftState {
  /** Null while nothing is changed. */
  readonly draft: Draft | null
  /** True once a draft of an earlier time was looked for. */
  readonly looked: boolean
}

export const useDraftStore = create<DraftState>()(() => ({ draft: null, looked: false }))

/** Takes up the draft of an earlier time, once. */
export async function lookForDraft(): Promise<void> {
  if (useDraftStore.getState().looked) return
  const kept = parseDraft(await readDraft(KEY))
  useDraftStore.setState(({ draft }) => ({ looked: true, draft: draft ?? kept }))
}

function parseDraft(text: string): Draft | null {
  if (text === '') return null
  try {
    const { from, document } = JSON.parse(text) as Draft
    return typeof from === 'string' && isObject(document) ? { from, document } : null
  } catch {
    return null
  }
}

export function putDraft(draft: Draft): void {
  useDraftStore.setState({ draft })
  writeDraft(KEY, JSON.stringify(draft))
}

export function dropDraft(): void {
  useDraftStore.setState({ draft: null })
  writeDraft(KEY, '')
}

/** Changes the draft at a path; the first change begins one, with the next version. */
export function changeDraft(inForce: Json, path: Path, value: Json | undefined): void {
  const draft = useDraftStore.getState().draft ?? startDraft(inForce)
  const document = withValue(draft.document, path, value)
  if (documentText(document) !== documentText(draft.document)) putDraft({ ...draft, document })
}

export function startDraft(inForce: Json): Draft {
  const version = versionOf(inForce)
  return { from: version, document: withValue(inForce, ['version'], nextVersion(version)) }
}
