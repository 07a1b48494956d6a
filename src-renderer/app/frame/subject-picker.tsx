import { useState } from 'react'
import { Check, Plus, Tag } from 'lucide-react'
import { callOrTell } from '../../state/host.ts'
import { useSettings } from '../../state/app-store.ts'
import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Popover, PopoverClose } from '../../kit/popover.tsx'
import styles from './subject-picker.module.css'

/** What this work is for: a label on every run from here on, so that Usage can tell them apart. */
export function SubjectPicker() {
  const { subject, subjects } = useSettings()
  const choose = (next: string) => callOrTell('settings.save', { subject: next })
  return (
    <Popover
      title="What is this work for?"
      className={styles.popup}
      trigger={
        <button type="button" className={styles.trigger}>
          <Tag size={15} aria-hidden />
          <span className="visually-hidden">Subject: </span>
          <span className={styles.subject}>{subject || 'No subject'}</span>
        </button>
      }
    >
      <ul className={styles.list}>
        {['', ...subjects].map((name) => (
          <li key={name}>
            <PopoverClose
              className={styles.option}
              aria-pressed={name === subject}
              onClick={() => void choose(name)}
            >
              <span className={styles.optionName}>{name || 'No subject'}</span>
              {name === subject && <Check size={15} aria-hidden />}
            </PopoverClose>
          </li>
        ))}
      </ul>
      <NewSubject subjects={subjects} />
    </Popover>
  )
}

function NewSubject({ subjects }: { readonly subjects: readonly string[] }) {
  const [name, setName] = useState('')
  const add = async () => {
    const subject = name.trim()
    if (!subject) return
    const known = subjects.includes(subject)
    const saved = await callOrTell('settings.save', {
      subject,
      ...(!known && { subjects: [...subjects, subject] }),
    })
    if (saved) setName('')
  }
  return (
    <Form className={styles.form} onSubmit={add}>
      <Field label="New subject" hideLabel className={styles.field}>
        <TextInput
          value={name}
          maxLength={60}
          placeholder="New subject"
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Button type="submit" icon={<Plus size={16} aria-hidden />} disabled={!name.trim()}>
        Add
      </Button>
    </Form>
  )
}
