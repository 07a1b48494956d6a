import { useState } from 'react'
import type { HostError } from '#shared/result.ts'
import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { notify } from '../../kit/notify.ts'
import { callHost } from '../../state/host.ts'
import { ConnectionTest } from './connection-test.tsx'
import { KeyField } from './key-field.tsx'
import { ModelChooser } from './model-chooser.tsx'
import { draftOf, formProblems, listModels, PRESETS, type ProviderForm } from './provider-draft.ts'
import { type TestState, useConnectionTest } from './use-connection-test.ts'
import styles from './providers.module.css'

interface ProviderEditorProps {
  readonly start: ProviderForm
  readonly onDone: () => void
}

/** Adds or changes an OpenAI-compatible provider: address, key, test, then which models and rates. */
export function ProviderEditor({ start, onDone }: ProviderEditorProps) {
  const [form, setForm] = useState(start)
  const [checked, setChecked] = useState(false)
  const [saving, setSaving] = useState(false)
  const [error, setError] = useState<HostError | null>(null)
  const { test, run } = useConnectionTest()
  const problems = checked ? formProblems(form) : {}
  const patch = (change: Partial<ProviderForm>) => setForm((before) => ({ ...before, ...change }))
  const isSound = () => {
    setChecked(true)
    return Object.keys(formProblems(form)).length === 0
  }
  const save = async () => {
    if (!isSound()) return
    setSaving(true)
    const result = await callHost('providers.save', draftOf(form))
    setSaving(false)
    if (!result.ok) setError(result.error)
    else {
      notify({ tone: 'good', text: `${result.data.name} is saved.` })
      onDone()
    }
  }
  const note = PRESETS.find(({ baseUrl }) => baseUrl === form.baseUrl.trim())?.note
  return (
    <Form className={styles.editor} noValidate onSubmit={save}>
      {form.id === null && (
        <div className={styles.presets} role="group" aria-label="Start from">
          {PRESETS.map((preset) => (
            <Button
              key={preset.id}
              size="small"
              aria-pressed={preset.baseUrl === form.baseUrl}
              onClick={() => patch({ name: preset.name, baseUrl: preset.baseUrl })}
            >
              {preset.name}
            </Button>
          ))}
        </div>
      )}
      <div className={styles.pair}>
        <Field label="Name" error={problems.name}>
          <TextInput
            value={form.name}
            maxLength={80}
            onChange={(event) => patch({ name: event.target.value })}
          />
        </Field>
        <Field label="Base URL" error={problems.baseUrl} hint={note}>
          <TextInput
            type="url"
            inputMode="url"
            spellCheck={false}
            placeholder="https://…/v1"
            maxLength={500}
            value={form.baseUrl}
            onChange={(event) => patch({ baseUrl: event.target.value })}
          />
        </Field>
      </div>
      <KeyField form={form} onChange={patch} />
      <ConnectionTest
        test={test}
        onTest={() => {
          // Its name matters for keeping it, not for reaching it.
          if (formProblems(form).baseUrl) setChecked(true)
          else void run(form)
        }}
      />
      <ModelChooser
        models={listModels(form.models, foundModels(test))}
        tested={test.state === 'done'}
        onChange={(models) => patch({ models })}
      />
      {error && (
        <p className={styles.bad} role="alert">
          {error.message}
        </p>
      )}
      <div className={styles.foot}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" busy={saving}>
          Save
        </Button>
      </div>
    </Form>
  )
}

function foundModels(test: TestState) {
  return test.state === 'done' ? test.result.models : []
}
