import { useState } from 'react'
import { MAX_NAME } from '#shared/team/names.ts'
import { FormDialog } from '../../kit/dialog.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { useBusy } from '../../kit/use-busy.ts'

interface RenameDialogProps {
  readonly title: string
  readonly label: string
  readonly name: string
  readonly onClose: () => void
  /** Resolves with whether it was done; the dialog then closes. */
  readonly onRename: (name: string) => Promise<boolean>
}

/** A new name for the team, a person or a machine. */
export function RenameDialog({ title, label, name, onClose, onRename }: RenameDialogProps) {
  const [value, setValue] = useState(name)
  const [busy, whileBusy] = useBusy()
  const wanted = value.trim()
  const rename = async () => {
    const done = await whileBusy(onRename(wanted))
    if (done) onClose()
  }
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      submitLabel="Rename"
      busy={busy}
      disabled={wanted === '' || wanted === name}
      onSubmit={rename}
    >
      <Field label={label}>
        <TextInput
          value={value}
          maxLength={MAX_NAME}
          autoComplete="off"
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
    </FormDialog>
  )
}
