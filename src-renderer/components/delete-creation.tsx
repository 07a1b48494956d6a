import type { CreationView } from '#shared/host/views.ts'
import { ConfirmDialog } from '../kit/dialog.tsx'
import { notify } from '../kit/notify.ts'
import { callHost } from '../state/host.ts'

interface DeleteCreationProps {
  /** Null when nothing is being deleted. */
  readonly creation: CreationView | null
  readonly onDone: () => void
  readonly onDeleted: () => void
}

/** Asks before a picture or recording goes for good. Its charge stays in the ledger. */
export function DeleteCreation({ creation, onDone, onDeleted }: DeleteCreationProps) {
  const what = creation?.studio === 'voice' ? 'recording' : 'picture'
  const remove = async () => {
    if (!creation) return
    const result = await callHost('library.delete', { creationId: creation.id })
    if (result.ok) onDeleted()
    else notify({ tone: 'bad', text: result.error.message })
  }
  return (
    <ConfirmDialog
      open={creation !== null}
      onClose={onDone}
      title={`Delete this ${what}?`}
      text="It is deleted for good. What it cost stays in Usage."
      confirmLabel={`Delete ${what}`}
      onConfirm={remove}
    />
  )
}
