import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { useAppStore } from '../../state/app-store.ts'
import type { ProviderForm } from './provider-draft.ts'
import styles from './providers.module.css'

interface KeyFieldProps {
  readonly form: ProviderForm
  readonly onChange: (change: Partial<ProviderForm>) => void
}

/** The key: typed once, kept by the host, never shown again. */
export function KeyField({ form, onChange }: KeyFieldProps) {
  const door = useAppStore((state) => state.app?.door)
  const kept =
    door === 'electron'
      ? 'It is stored on this machine, encrypted by your system, and never shown again.'
      : 'It is stored on this machine in a file only you can read, and never shown again.'
  const stored = form.hasKey && !form.dropKey
  return (
    <div className={styles.key}>
      <Field label="Key" hint={`${kept} Leave it empty if the provider needs none.`}>
        <TextInput
          type="password"
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          placeholder={stored ? 'A key is stored; type to replace it' : 'No key'}
          value={form.key}
          onChange={(event) => onChange({ key: event.target.value })}
        />
      </Field>
      {stored && (
        <Button size="small" onClick={() => onChange({ key: '', dropKey: true })}>
          Forget the stored key
        </Button>
      )}
    </div>
  )
}
