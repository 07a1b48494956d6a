import { useState } from 'react'
import { Tag, X } from 'lucide-react'
import { MAX_LABELLED } from '#shared/usage/labels.ts'
import { Button } from '../../kit/button.tsx'
import { formatCount } from '../../kit/format.ts'
import { Popover } from '../../kit/popover.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callOrTell } from '../../state/host.ts'
import { SubjectField } from './subject-field.tsx'
import { Form } from '../../kit/form.tsx'
import styles from './labels.module.css'

interface SelectionBarProps {
  readonly selected: ReadonlySet<string>
  readonly onClear: () => void
}

/** What can be done with the chosen operations together. */
export function SelectionBar({ selected, onClear }: SelectionBarProps) {
  if (selected.size === 0) return null
  return (
    <div className={styles.bar} role="group" aria-label="Chosen operations">
      <span role="status">{formatCount(selected.size)} chosen</span>
      <Popover
        title="What was this work for?"
        align="start"
        trigger={
          <Button size="small" icon={<Tag size={14} aria-hidden />}>
            Set subject
          </Button>
        }
      >
        <SubjectForm operationIds={[...selected]} onDone={onClear} />
      </Popover>
      <Button size="small" variant="quiet" icon={<X size={14} aria-hidden />} onClick={onClear}>
        Clear choice
      </Button>
    </div>
  )
}

function SubjectForm(props: {
  readonly operationIds: readonly string[]
  readonly onDone: () => void
}) {
  const { operationIds, onDone } = props
  const [subject, setSubject] = useState('')
  const [busy, whileBusy] = useBusy()
  const labelAll = async () => {
    for (let from = 0; from < operationIds.length; from += MAX_LABELLED) {
      const some = operationIds.slice(from, from + MAX_LABELLED)
      const done = await callOrTell('usage.label', { operationIds: some, subject })
      if (!done) return false
    }
    return true
  }
  const save = async () => {
    if (await whileBusy(labelAll())) onDone()
  }
  return (
    <Form className={styles.form} onSubmit={save}>
      <SubjectField value={subject} onChange={setSubject} />
      <Button type="submit" variant="primary" busy={busy}>
        {subject.trim() === '' ? 'Remove the subject' : 'Set subject'}
      </Button>
    </Form>
  )
}
