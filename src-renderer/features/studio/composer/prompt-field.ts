/** The prompt of the page in view, for what puts words into it from elsewhere. */

import { type RefObject, useEffect } from 'react'
import { usePaletteStore } from '../../../state/palette-store.ts'

let prompt: RefObject<HTMLTextAreaElement | null> | null = null

/** Makes `field` the page's prompt while its composer is there, if it is the main one; focuses it. */
export function usePromptField(
  field: RefObject<HTMLTextAreaElement | null>,
  isMain: boolean,
): void {
  useEffect(() => {
    if (!isMain) return undefined
    const before = prompt
    prompt = field
    // A page that is still loading when the palette opens must not take the focus from it.
    if (!usePaletteStore.getState().open) field.current?.focus()
    return () => {
      // An edit within a chat gives way to the chat's own.
      if (prompt === field) prompt = before
    }
  }, [field, isMain])
}

export const promptInView = (): HTMLElement | null => prompt?.current ?? null

export function focusPrompt(): void {
  promptInView()?.focus()
}
