import { useMemo } from 'react'
import type { ImageRequest } from '#shared/host/requests.ts'
import { IMAGE_SHAPES, MAX_IMAGES, type ImageShape } from '#shared/studios/settings.ts'
import { NumberField } from '../../../kit/number-field.tsx'
import { Page } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { useSettings } from '../../../state/app-store.ts'
import { Composer } from '../composer/composer.tsx'
import { ModelPicker } from '../composer/model-picker.tsx'
import { setDraft, useDraft } from '../drafts.ts'
import { setOptions, useOptions } from '../options.ts'
import { RunAnnouncer } from '../run-announcer.tsx'
import { useNewestRun, useRunningRuns } from '../studio-runs.ts'
import { useModel } from '../use-model.ts'
import { useStopKey } from '../use-stop-key.ts'
import { ImageResults } from './image-results.tsx'

const MAX_IMAGE_PROMPT = 4_000

const SHAPE_NAMES: Readonly<Record<ImageShape, string>> = {
  square: 'Square',
  portrait: 'Portrait',
  landscape: 'Landscape',
}

/** Words become pictures. */
export function ImageStudio() {
  const [prompt, setPrompt] = useDraft('image')
  const request = useImageRequest(prompt)
  const running = useRunningRuns('image')
  useStopKey(running[0]?.operationId ?? null)
  return (
    <Page>
      <Composer
        label="Description"
        placeholder="Describe a picture"
        text={prompt}
        maxLength={MAX_IMAGE_PROMPT}
        onText={setPrompt}
        options={<ImageOptions />}
        request={request}
        runLabel="Make"
        autoFocus
        onStarted={() => undefined}
      />
      <ImageResults
        running={running}
        template={request}
        onExample={(text) => setDraft('image', text)}
      />
      <RunAnnouncer operationId={useNewestRun('image')} />
    </Page>
  )
}

function useImageRequest(prompt: string): ImageRequest | null {
  const { model } = useModel('image')
  const count = useOptions((options) => options.count)
  const shape = useOptions((options) => options.shape)
  const { subject } = useSettings()
  return useMemo(
    () => model && { studio: 'image', prompt, modelId: model.id, count, shape, subject },
    [model, prompt, count, shape, subject],
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
