import { useId } from 'react'
import { Field, TextInput } from '../../kit/field.tsx'
import { useSubjects } from './use-subjects.ts'

interface SubjectFieldProps {
  readonly value: string
  readonly onChange: (subject: string) => void
}

/** A subject to type, with the known ones to choose from; empty is none. */
export function SubjectField({ value, onChange }: SubjectFieldProps) {
  const list = useId()
  const subjects = useSubjects()
  return (
    <Field label="Subject">
      <TextInput
        value={value}
        list={list}
        maxLength={60}
        placeholder="No subject"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={list}>
        {subjects.map((subject) => (
          <option key={subject} value={subject} />
        ))}
      </datalist>
    </Field>
  )
}
