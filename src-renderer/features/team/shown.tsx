import { CopyButton } from '../../components/copy-button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import styles from './team.module.css'

/** Something to pass on, as it is. */
export function Shown({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className={styles.shown}>
      <Field label={label}>
        <TextInput value={value} readOnly onFocus={(event) => event.currentTarget.select()} />
      </Field>
      <CopyButton text={value} label={`Copy ${label.toLowerCase()}`} />
    </div>
  )
}
