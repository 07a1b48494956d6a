import { useMemo, useState } from 'react'
import type { VoiceRequest } from '#shared/host/requests.ts'
import { MAX_SPEECH_CHARACTERS } from '#shared/studios/settings.ts'
import { classes } from '../../../kit/classes.ts'
import { formatCount } from '../../../kit/format.ts'
import { Page } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { Slider } from '../../../kit/slider.tsx'
import type { RunView } from '#shared/host/views.ts'
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
import { VoiceResults } from './voice-results.tsx'
import styles from './voice-studio.module.css'

/** Text becomes speech. */
export function VoiceStudio() {
  const [draft, setText] = useDraft('voice')
  const recipe = useRecipe('voice')
  const text = recipe?.text ?? draft
  const request = useVoiceRequest(text, recipe?.recipe.id)
  const [taken, setTaken] = useState<RunView | null>(null)
  const running = useRunningRuns('voice')
  useStopKey(running[0]?.operationId ?? null)
  const left = MAX_SPEECH_CHARACTERS - text.length
  return (
    <Page>
      <Composer
        label="Text to speak"
        placeholder="Write or paste what should be said"
        text={text}
        recipe={recipe}
        maxLength={MAX_SPEECH_CHARACTERS}
        onText={setText}
        options={<VoiceOptions />}
        request={request}
        runLabel="Speak"
        autoFocus
        note={
          <span className={classes(styles.count, left < 200 && styles.near)}>
            {formatCount(text.length)} of {formatCount(MAX_SPEECH_CHARACTERS)}
          </span>
        }
        onStarted={(run) => setTaken(isReused(run) ? run : null)}
      />
      <VoiceResults
        running={running}
        taken={taken}
        template={request}
        onExample={(example) => setDraft('voice', example)}
      />
      <RunAnnouncer operationId={useNewestRun('voice')} />
    </Page>
  )
}

/** The voice in use: the chosen one, or the model's first while it does not have that. */
function useVoice(): string {
  const { model } = useModel('voice')
  const voice = useOptions((options) => options.voice)
  const voices = model?.voices ?? []
  return voices.find(({ id }) => id === voice)?.id ?? voices[0]?.id ?? ''
}

function useVoiceRequest(text: string, recipeId: string | undefined): VoiceRequest | null {
  const { model } = useModel('voice')
  const voice = useVoice()
  const speed = useOptions((options) => options.speed)
  const { subject } = useSettings()
  return useMemo(
    () => model && { studio: 'voice', text, modelId: model.id, voice, speed, subject, recipeId },
    [model, text, voice, speed, subject, recipeId],
  )
}

function VoiceOptions() {
  const { model } = useModel('voice')
  const voice = useVoice()
  const speed = useOptions((options) => options.speed)
  return (
    <>
      <ModelPicker studio="voice" />
      {model && model.voices.length > 0 && (
        <Select
          label="Voice"
          hideLabel
          size="small"
          value={voice}
          options={model.voices.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(next) => setOptions({ voice: next })}
        />
      )}
      <Slider
        label="Speed"
        value={speed}
        min={50}
        max={200}
        step={5}
        format={(percent) => `${percent / 100}×`}
        onChange={(next) => setOptions({ speed: next })}
      />
    </>
  )
}
