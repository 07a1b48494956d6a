import { useState } from 'react'
import { dayStart } from '#shared/account/calendar.ts'
import type { CatalogChange } from '#shared/catalog/diff.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog } from '../../kit/dialog.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { formatTime, plural } from '../../kit/format.ts'
import { notify } from '../../kit/notify.ts'
import { Select } from '../../kit/select.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost } from '../../state/host.ts'
import { documentText, versionOf, withValue } from './document.ts'
import { type Draft, putDraft } from './draft.ts'
import styles from './catalog.module.css'

interface PublishDialogProps {
  readonly draft: Draft
  readonly changes: readonly CatalogChange[]
  readonly onClose: () => void
  readonly onPublished: () => void
}

/** Names the version, chooses the moment, and publishes. What the host refuses is said here. */
export function PublishDialog({ draft, changes, onClose, onPublished }: PublishDialogProps) {
  const timeZone = useTimeZone()
  const [when, setWhen] = useState<'now' | 'day'>('now')
  const [day, setDay] = useState('')
  const [busy, whileBusy] = useBusy()
  const [error, setError] = useState<string | null>(null)
  const { document } = draft
  const version = versionOf(document)
  const from = when === 'day' ? readDay(day, timeZone) : null
  const publish = async () => {
    const result = await whileBusy(
      callHost('catalog.publish', { text: documentText(document), from }),
    )
    if (!result.ok) {
      setError(result.error.message)
      return
    }
    const start =
      from === null ? 'is in force' : `comes on ${formatTime(from, timeZone, 'day-year')}`
    notify({ tone: 'good', text: `${version} ${start}.` })
    onPublished()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title="Publish the catalog"
      description={`${plural(changes.length, 'change')}. Runs that were quoted before keep their price.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={busy}
            disabled={version === '' || (when === 'day' && from === null)}
            onClick={publish}
          >
            {when === 'now' ? 'Publish now' : 'Publish for that day'}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <Field
          label="Version"
          hint="Each version is published once; charges refer to it."
          error={error}
        >
          <TextInput
            value={version}
            spellCheck={false}
            onChange={(event) => {
              setError(null)
              putDraft({ ...draft, document: withValue(document, ['version'], event.target.value) })
            }}
          />
        </Field>
        <Select
          label="In force"
          value={when}
          options={[
            { value: 'now', label: 'At once' },
            { value: 'day', label: 'From a day on' },
          ]}
          onChange={setWhen}
        />
        {when === 'day' && (
          <Field label="Day" hint={`From midnight, ${timeZone}.`}>
            <TextInput type="date" value={day} onChange={(event) => setDay(event.target.value)} />
          </Field>
        )}
      </div>
    </Dialog>
  )
}

function readDay(text: string, timeZone: string): number | null {
  try {
    return dayStart(text, timeZone)
  } catch {
    return null
  }
}
