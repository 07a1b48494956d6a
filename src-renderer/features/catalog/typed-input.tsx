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

/** Text that is read into the document with every key, yet stays as it is being typed. */
function useTyped(text: string, onText: (text: string) => void) {
  const [typed, setTyped] = useState<string | null>(null)
  return {
    value: typed ?? text,
    onFocus: () => setTyped(text),
    onBlur: () => setTyped(null),
    onChange: ({ target }: { readonly target: { readonly value: string } }) => {
      setTyped(target.value)
      onText(target.value)
    },
  }
}

/** A line of such text. */
export function TypedInput({ text, onText, ...rest }: TypedInputProps) {
  return <TextInput autoComplete="off" spellCheck={false} {...rest} {...useTyped(text, onText)} />
}

/** The same over several lines. */
export function TypedArea({ text, onText }: Pick<TypedInputProps, 'text' | 'onText'>) {
  return <TextArea spellCheck={false} {...useTyped(text, onText)} />
}
