import { useState } from 'react'
import type { ThreadView } from '#shared/host/views.ts'
import { ConfirmDialog, FormDialog } from '../../../kit/dialog.tsx'
import { Field, TextInput } from '../../../kit/field.tsx'
import { notify } from '../../../kit/notify.ts'
import { callHost, callOrTell } from '../../../state/host.ts'
import { dropThread } from '../../../state/threads-store.ts'

interface RenameThreadProps {
  readonly thread: ThreadView
  readonly onDone: () => void
}

export function RenameThread({ thread, onDone }: RenameThreadProps) {
  const [title, setTitle] = useState(thread.title)
  const save = async () => {
    const renamed = await callOrTell('threads.rename', { threadId: thread.id, title })
    if (renamed) onDone()
  }
  return (
    <FormDialog
      onClose={onDone}
      title="Rename chat"
      submitLabel="Rename"
      disabled={!title.trim()}
      onSubmit={save}
    >
      <Field label="Title" hideLabel>
        <TextInput
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
    </FormDialog>
  )
}

interface DeleteThreadProps extends RenameThreadProps {
  readonly onDeleted: () => void
}

export function DeleteThread({ thread, onDone, onDeleted }: DeleteThreadProps) {
  const remove = async () => {
    const result = await callHost('threads.delete', { threadId: thread.id })
    if (!result.ok) {
      notify({ tone: 'bad', text: result.error.message })
      return
    }
    dropThread(thread.id)
    onDeleted()
  }
  return (
    <ConfirmDialog
      open
      onClose={onDone}
      title="Delete this chat?"
      text={`“${thread.title}” and its messages go for good. What it cost stays in Usage.`}
      confirmLabel="Delete chat"
      onConfirm={remove}
    />
  )
}
