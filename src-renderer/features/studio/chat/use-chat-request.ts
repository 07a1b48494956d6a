import { useMemo } from 'react'
import type { ChatRequest } from '#shared/host/requests.ts'
import { useSettings } from '../../../state/app-store.ts'
import { useOptions } from '../options.ts'
import { useModel } from '../use-model.ts'

/** A chat request with the options as they stand; null while there is no model. */
export function useChatRequest(
  threadId: string,
  parentId: string | null,
  text: string | null,
  recipeId?: string,
): ChatRequest | null {
  const { model } = useModel('chat')
  const length = useOptions((options) => options.length)
  const webSearch = useOptions((options) => options.webSearch)
  const { subject } = useSettings()
  return useMemo(
    () =>
      model && {
        studio: 'chat',
        threadId,
        parentId,
        text,
        modelId: model.id,
        length,
        webSearch: webSearch && model.webSearch,
        subject,
        recipeId,
      },
    [model, threadId, parentId, text, length, webSearch, subject, recipeId],
  )
}
