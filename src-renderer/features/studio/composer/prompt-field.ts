/** The prompt of the page in view, for what puts words into it from elsewhere. */

import { type RefObject, useEffect } from 'react'

let prompt: RefObject<HTMLTextAreaElement | null> | null = null

/** Makes `field` the page's prompt while its composer is there, if it is the main one. */
export function usePromptField(
  field: RefObject<HTMLTextAreaElement | null>,
  isMain: boolean,
): void {
  useEffect(() => {
    if (!isMain) return undefined
    prompt = field
    return () => {
      if (prompt === field) prompt = null
    }
  }, [field, isMain])
}

export function focusPrompt(): void {
  prompt?.current?.focus()
}
