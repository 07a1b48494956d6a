import type { Studio } from '#shared/credits/studios.ts'
import type { ModelView } from '#shared/host/views.ts'
import { modelsOf, useProviders } from '../../state/app-store.ts'
import { setOptions, useOptions } from './options.ts'

const OPTION_OF = { chat: 'chatModel', image: 'imageModel', voice: 'voiceModel' } as const

export interface ModelChoice {
  readonly models: readonly ModelView[]
  /** The chosen one, or the first while the chosen one is gone; null when there is none. */
  readonly model: ModelView | null
  readonly choose: (modelId: string) => void
}

/** The models of a studio and the one in use. */
export function useModel(studio: Studio): ModelChoice {
  const option = OPTION_OF[studio]
  const chosen = useOptions((options) => options[option])
  const models = modelsOf(useProviders(), studio)
  return {
    models,
    model: models.find(({ id }) => id === chosen) ?? models[0] ?? null,
    choose: (modelId) => setOptions({ [option]: modelId }),
  }
}
