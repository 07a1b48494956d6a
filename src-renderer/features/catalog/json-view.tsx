import { useState } from 'react'
import { Field, TextArea } from '../../kit/field.tsx'
import { documentText, type Json } from './document.ts'
import styles from './catalog.module.css'

interface JsonViewProps {
  readonly document: Json
  readonly onChange: (document: Json) => void
}

/** The whole catalog as text. What is no JSON yet stays here and changes nothing. */
export function JsonView({ document, onChange }: JsonViewProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const edit = (text: string) => {
    setTyped(text)
    try {
      onChange(JSON.parse(text) as Json)
      setError(null)
    } catch (cause) {
      setError(`This is not JSON yet: ${cause instanceof Error ? cause.message : ''}`)
    }
  }
  return (
    <Field label="The catalog as JSON" error={error}>
      <TextArea
        className={styles.json}
        spellCheck={false}
        wrap="off"
        value={typed ?? documentText(document)}
        onChange={(event) => edit(event.target.value)}
        onBlur={() => {
          if (!error) setTyped(null)
        }}
      />
    </Field>
  )
}
