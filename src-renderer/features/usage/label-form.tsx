import { useState } from 'react'
import { MAX_NOTE } from '#shared/usage/labels.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import { Button } from '../../kit/button.tsx'
import { Field, TextArea } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callOrTell } from '../../state/host.ts'
import { SubjectField } from './subject-field.tsx'
import styles from './labels.module.css'

/** What the run was for, and a note: to be changed at any time, and without a charge. */
export function LabelForm({ row }: { readonly row: UsageRow }) {
  const [subject, setSubject] = useState(row.subject)
  const [note, setNote] = useState(row.note)
  const [busy, whileBusy] = useBusy()
  const changed = subject.trim() !== row.subject || note.trim() !== row.note
  const save = () =>
    whileBusy(callOrTell('usage.label', { operationIds: [row.operationId], subject, note }))
  return (
    <Form
      className={styles.form}
      aria-label="Subject and note"
      onSubmit={() => {
        if (changed) void save()
      }}
    >
      <SubjectField value={subject} onChange={setSubject} />
      <Field label="Note">
        <TextArea
          value={note}
          rows={1}
          maxLength={MAX_NOTE}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Field>
      <Button type="submit" busy={busy} disabled={!changed}>
        Save
      </Button>
    </Form>
  )
}
