/** What is being written, by place (`chat:new`, `chat:<thread>`, `image`, `voice`). */

import { useEffect } from 'react'
import { create } from 'zustand'
import { readDraft, writeDraft } from '../../cache/cache.ts'

const WRITE_MS = 300

const useDrafts = create<{ readonly drafts: Readonly<Record<string, string>> }>()(() => ({
  drafts: {},
}))
const writing = new Map<string, ReturnType<typeof setTimeout>>()

export function setDraft(place: string, text: string): void {
  useDrafts.setState(({ drafts }) => ({ drafts: { ...drafts, [place]: text } }))
  clearTimeout(writing.get(place))
  writing.set(
    place,
    setTimeout(() => writeDraft(place, text), WRITE_MS),
  )
}

/** The draft of a place; survives leaving the page and restarting the app. */
export function useDraft(place: string): readonly [string, (text: string) => void] {
  const text = useDrafts(({ drafts }) => drafts[place])
  useEffect(() => {
    if (useDrafts.getState().drafts[place] !== undefined) return
    void readDraft(place).then((stored) => {
      // What was typed meanwhile wins.
      useDrafts.setState(({ drafts }) =>
        drafts[place] === undefined ? { drafts: { ...drafts, [place]: stored } } : {},
      )
    })
  }, [place])
  return [text ?? '', (next) => setDraft(place, next)]
}
