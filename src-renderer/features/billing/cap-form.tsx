import { useState } from 'react'
import { millicredits, MILLICREDITS_PER_CREDIT } from '#shared/credits/amount.ts'
import type { Cap } from '#shared/catalog/policies.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog } from '../../kit/dialog.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { useSettings } from '../../state/app-store.ts'
import { callHost } from '../../state/host.ts'
import styles from './billing.module.css'

const WINDOWS = [
  { value: 'hour', label: 'An hour' },
  { value: 'day', label: 'A day' },
  { value: 'week', label: 'A week' },
  { value: 'month', label: 'A calendar month' },
  { value: 'cycle', label: 'A month of the plan' },
] as const
type Window = (typeof WINDOWS)[number]['value']

const KINDS = [
  { value: 'hard', label: 'Refuse the run' },
  { value: 'soft', label: 'Only warn' },
] as const

const MOST = 1_000_000_000

interface CapFormProps {
  readonly operationNames: ReadonlyMap<string, string>
  readonly onClose: () => void
  readonly onSaved: () => void
}

/** A cap of one's own. */
export function CapForm({ operationNames, onClose, onSaved }: CapFormProps) {
  const { subjects } = useSettings()
  const [name, setName] = useState('')
  const [limit, setLimit] = useState(100)
  const [window, setWindow] = useState<Window>('day')
  const [kind, setKind] = useState<Cap['kind']>('hard')
  const [counts, setCounts] = useState('all')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const scopes = [
    { value: 'all', label: 'Everything together' },
    ...[...operationNames].map(([id, label]) => ({ value: `operation ${id}`, label })),
    { value: 'subject each', label: 'Each subject by itself' },
    ...subjects.map((subject) => ({
      value: `subject ${subject}`,
      label: `Subject: ${subject}`,
    })),
  ]
  const save = async () => {
    setBusy(true)
    const result = await callHost('caps.save', {
      cap: {
        id: `own-${crypto.randomUUID()}`,
        name: name.trim(),
        limit: millicredits(limit * MILLICREDITS_PER_CREDIT),
        kind,
        window,
        scope: scopeOf(counts),
      },
    })
    setBusy(false)
    if (!result.ok) {
      setError(result.error.message)
      return
    }
    onSaved()
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title="Add a cap"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="cap" variant="primary" busy={busy} disabled={!name.trim()}>
            Add cap
          </Button>
        </>
      }
    >
      <form
        id="cap"
        // The step of the field is for its buttons: any whole number may be typed.
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field label="Name" error={error}>
          <TextInput
            value={name}
            maxLength={120}
            placeholder="Not more than this a day"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <NumberField
          label="Credits"
          value={limit}
          min={0}
          max={MOST}
          step={10}
          onChange={setLimit}
        />
        <Select label="In" value={window} options={WINDOWS} onChange={setWindow} />
        <Select label="Counts" value={counts} options={scopes} onChange={setCounts} />
        <Select label="When it is reached" value={kind} options={KINDS} onChange={setKind} />
      </form>
    </Dialog>
  )
}

/** `operation chat.fast` → `{operation: 'chat.fast'}`. */
function scopeOf(counts: string): Cap['scope'] {
  const space = counts.indexOf(' ')
  if (space === -1) return {}
  return { [counts.slice(0, space)]: counts.slice(space + 1) }
}
