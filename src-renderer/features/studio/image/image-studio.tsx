import { useMemo, useState } from 'react'
import type { ImageRequest } from '#shared/host/requests.ts'
import { IMAGE_SHAPES, MAX_IMAGES } from '#shared/studios/settings.ts'
import { NumberField } from '../../../kit/number-field.tsx'
import { Page } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import type { RunView } from '#shared/host/views.ts'
import { SHAPE_NAMES } from '../../../words/option-names.ts'
import { useSettings } from '../../../state/app-store.ts'
import { Composer } from '../composer/composer.tsx'
import { ModelPicker } from '../composer/model-picker.tsx'
import { setDraft, useDraft } from '../drafts.ts'
import { setOptions, useOptions } from '../options.ts'
import { useRecipe } from '../recipe/use-recipe.ts'
import { RunAnnouncer } from '../run-announcer.tsx'
import { isReused, useNewestRun, useRunningRuns } from '../studio-runs.ts'
import { useModel } from '../use-model.ts'
import { useStopKey } from '../use-stop-key.ts'
import { ImageResults } from './image-results.tsx'

const MAX_IMAGE_PROMPT = 4_000

/** Words become pictures. */
export function ImageStudio() {
  const [draft, setPrompt] = useDraft('image')
  const recipe = useRecipe('image')
  const prompt = recipe?.text ?? draft
  const request = useImageRequest(prompt, recipe?.recipe.id)
  const [taken, setTaken] = useState<RunView | null>(null)
  const running = useRunningRuns('image')
  useStopKey(running[0]?.operationId ?? null)
  return (
    <Page>
      <Composer
        label="Description"
        placeholder="Describe a picture"
        text={prompt}
        recipe={recipe}
        maxLength={MAX_IMAGE_PROMPT}
        onText={setPrompt}
        options={<ImageOptions />}
        request={request}
        runLabel="Make"
        autoFocus
        onStarted={(run) => setTaken(isReused(run) ? run : null)}
      />
      <ImageResults
        running={running}
        taken={taken}
        template={request}
        onExample={(text) => setDraft('image', text)}
      />
      <RunAnnouncer operationId={useNewestRun('image')} />
    </Page>
  )
}

function useImageRequest(prompt: string, recipeId: string | undefined): ImageRequest | null {
  const { model } = useModel('image')
  const count = useOptions((options) => options.count)
  const shape = useOptions((options) => options.shape)
  const { subject } = useSettings()
  return useMemo(
    () => model && { studio: 'image', prompt, modelId: model.id, count, shape, subject, recipeId },
    [model, prompt, count, shape, subject, recipeId],
  )
}

function ImageOptions() {
  const count = useOptions((options) => options.count)
  const shape = useOptions((options) => options.shape)
  return (
    <>
      <ModelPicker studio="image" />
      <NumberField
        label="How many"
        size="small"
        value={count}
        min={1}
        max={MAX_IMAGES}
        onChange={(next) => setOptions({ count: next })}
      />
      <Select
        label="Shape"
        hideLabel
        size="small"
        value={shape}
        options={IMAGE_SHAPES.map((value) => ({ value, label: SHAPE_NAMES[value] }))}
        onChange={(next) => setOptions({ shape: next })}
      />
    </>
  )
}
