import { type ComponentProps, useState } from 'react'
import { TextArea, TextInput } from '../../kit/field.tsx'

interface TypedInputProps extends Omit<
  ComponentProps<'input'>,
  'value' | 'onChange' | 'onFocus' | 'onBlur'
> {
  /** How the document's value reads; shown as typed while the field has the focus. */
  readonly text: string
  readonly onText: (text: string) => void
}

/** A line whose text is read into the document with every key, yet stays as it is being typed. */
export function TypedInput({ text, onText, ...rest }: TypedInputProps) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <TextInput
      autoComplete="off"
      spellCheck={false}
      {...rest}
      value={typed ?? text}
      onFocus={() => setTyped(text)}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        setTyped(event.target.value)
        onText(event.target.value)
      }}
    />
  )
}

/** The same over several lines. */
export function TypedArea({
  text,
  onText,
}: {
  readonly text: string
  readonly onText: (text: string) => void
}) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <TextArea
      spellCheck={false}
      value={typed ?? text}
      onFocus={() => setTyped(text)}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        setTyped(event.target.value)
        onText(event.target.value)
      }}
    />
  )
}
