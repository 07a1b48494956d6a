/** How each studio is set up: kept while moving between pages, and over restarts by the cache. */

import { create } from 'zustand'
import type { ImageShape, ReplyLength } from '#shared/studios/settings.ts'
import { readCached, writeCached } from '../../cache/cache.ts'

export interface StudioOptions {
  readonly chatModel: string
  readonly length: ReplyLength
  readonly webSearch: boolean
  readonly imageModel: string
  readonly count: number
  readonly shape: ImageShape
  readonly voiceModel: string
  readonly voice: string
  readonly speed: number
}

export const useOptions = create<StudioOptions>()(() => ({
  chatModel: '',
  length: 'medium',
  webSearch: false,
  imageModel: '',
  count: 1,
  shape: 'square',
  voiceModel: '',
  voice: '',
  speed: 100,
}))

let touched = false

void readCached<Partial<StudioOptions>>('studio-options').then((cached) => {
  if (cached && !touched) useOptions.setState(cached)
})

export function setOptions(change: Partial<StudioOptions>): void {
  touched = true
  useOptions.setState(change)
  writeCached('studio-options', useOptions.getState())
}
