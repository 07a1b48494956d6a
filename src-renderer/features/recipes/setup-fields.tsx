import { useEffect } from 'react'
import { STUDIOS, type Studio } from '#shared/credits/studios.ts'
import type { RecipeSetup } from '#shared/recipes/recipe.ts'
import { IMAGE_SHAPES, MAX_IMAGES, REPLY_LENGTHS } from '#shared/studios/settings.ts'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { Slider } from '../../kit/slider.tsx'
import { Switch } from '../../kit/switch.tsx'
import { modelsOf, useProviders } from '../../state/app-store.ts'
import { LENGTH_NAMES, SHAPE_NAMES } from '../../words/option-names.ts'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import { FIRST_SETUP, type RecipeForm } from './recipe-form.ts'
import styles from './recipe-editor.module.css'

interface SetupFieldsProps {
  readonly form: RecipeForm
  readonly error: string | undefined
  readonly onChange: (change: Partial<RecipeForm>) => void
}

/** Studio, model and the settings of that studio. */
export function SetupFields({ form, error, onChange }: SetupFieldsProps) {
  const { setup, operation, modelName } = form
  const models = modelsOf(useProviders(), setup.studio)
  const model =
    models.find((one) => one.name === modelName && one.operation === operation) ??
    models.find((one) => one.operation === operation)
  const [first] = models
  useEffect(() => {
    // A recipe is made for some kind of model; the first there is, until another is chosen.
    if (operation === '' && first) {
      onChange({ operation: first.operation, modelName: first.name })
    }
  }, [operation, first, onChange])
  return (
    <div className={styles.setup}>
      <Select<Studio>
        label="Studio"
        value={setup.studio}
        options={STUDIOS.map((value) => ({ value, label: STUDIO_NAMES[value] }))}
        onChange={(studio) =>
          onChange({ setup: FIRST_SETUP[studio], operation: '', modelName: '' })
        }
      />
      <Select
        label="Made for"
        value={model?.id ?? ''}
        placeholder={operation === '' ? 'Choose a model' : operation}
        options={models.map(({ id, name, providerName, practice }) => ({
          value: id,
          label: name,
          detail: practice ? 'Practice' : providerName,
        }))}
        onChange={(id) => {
          const chosen = models.find((one) => one.id === id)
          if (chosen) onChange({ operation: chosen.operation, modelName: chosen.name })
        }}
      />
      <StudioSettings setup={setup} voices={model?.voices ?? []} onChange={onChange} />
      {error !== undefined && <p className={styles.bad}>{error}</p>}
    </div>
  )
}

interface StudioSettingsProps {
  readonly setup: RecipeSetup
  readonly voices: readonly { readonly id: string; readonly name: string }[]
  readonly onChange: (change: Partial<RecipeForm>) => void
}

function StudioSettings({ setup, voices, onChange }: StudioSettingsProps) {
  switch (setup.studio) {
    case 'chat':
      return (
        <>
          <Select
            label="Length"
            value={setup.length}
            options={REPLY_LENGTHS.map((value) => ({ value, label: LENGTH_NAMES[value] }))}
            onChange={(length) => onChange({ setup: { ...setup, length } })}
          />
          <Switch
            label="Web search"
            checked={setup.webSearch}
            onChange={(webSearch) => onChange({ setup: { ...setup, webSearch } })}
          />
        </>
      )
    case 'image':
      return (
        <>
          <NumberField
            className={styles.number}
            label="How many"
            value={setup.count}
            min={1}
            max={MAX_IMAGES}
            onChange={(count) => onChange({ setup: { ...setup, count } })}
          />
          <Select
            label="Shape"
            value={setup.shape}
            options={IMAGE_SHAPES.map((value) => ({ value, label: SHAPE_NAMES[value] }))}
            onChange={(shape) => onChange({ setup: { ...setup, shape } })}
          />
        </>
      )
    case 'voice':
      return (
        <>
          {voices.length > 0 && (
            <Select
              label="Voice"
              value={setup.voice}
              placeholder="The first available"
              options={voices.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(voice) => onChange({ setup: { ...setup, voice } })}
            />
          )}
          <Slider
            label="Speed"
            value={setup.speed}
            min={50}
            max={200}
            step={5}
            format={(percent) => `${percent / 100}×`}
            onChange={(speed) => onChange({ setup: { ...setup, speed } })}
          />
        </>
      )
  }
}
