import { useState } from 'react'
import type { MadeInvite } from '#shared/host/team.ts'
import { ROLES, type Role } from '#shared/team/members.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, FormDialog } from '../../kit/dialog.tsx'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost } from '../../state/host.ts'
import { inviteWords, ROLE_NAMES, ROLE_TEXTS } from '../../words/team-words.ts'
import { Shown } from './shown.tsx'
import styles from './team.module.css'

type Whom = Role | 'machine'

interface InviteDialogProps {
  readonly mayInvitePeople: boolean
  readonly mayMakeOwners: boolean
  /** Null until it was made; then it is shown once. */
  readonly made: MadeInvite | null
  readonly onMade: (made: MadeInvite) => void
  readonly onClose: () => void
}

/** Makes an invite and shows its link and code, once. */
export function InviteDialog(props: InviteDialogProps) {
  const { made, onClose } = props
  if (made) return <Made made={made} onClose={onClose} />
  return <Make {...props} />
}

function Make({ mayInvitePeople, mayMakeOwners, onMade, onClose }: InviteDialogProps) {
  const [whom, setWhom] = useState<Whom>(mayInvitePeople ? 'member' : 'machine')
  const [days, setDays] = useState(7)
  const [uses, setUses] = useState(1)
  const [busy, whileBusy] = useBusy()
  const [error, setError] = useState<string | null>(null)
  const roles = mayInvitePeople ? ROLES.filter((role) => role !== 'owner' || mayMakeOwners) : []
  const options = [
    ...roles.toReversed().map((role) => ({
      value: role,
      label: `A new ${ROLE_NAMES[role].toLowerCase()}`,
      detail: ROLE_TEXTS[role],
    })),
    { value: 'machine' as const, label: 'Another machine of mine' },
  ]
  const make = async () => {
    const result = await whileBusy(
      callHost('team.invite', {
        for: whom === 'machine' ? { kind: 'machine' } : { kind: 'person', role: whom },
        days,
        maximumUses: whom === 'machine' ? 1 : uses,
      }),
    )
    if (result.ok) onMade(result.data)
    else setError(result.error.message)
  }
  return (
    <FormDialog
      onClose={onClose}
      title="Invite"
      submitLabel="Make invite"
      busy={busy}
      onSubmit={make}
    >
      <Select label="For" value={whom} options={options} onChange={setWhom} />
      <NumberField label="Days it is valid" value={days} min={1} max={30} onChange={setDays} />
      {whom !== 'machine' && (
        <NumberField label="People it lets in" value={uses} min={1} max={100} onChange={setUses} />
      )}
      <p role="alert" className={styles.error}>
        {error}
      </p>
    </FormDialog>
  )
}

function Made({ made, onClose }: { readonly made: MadeInvite; readonly onClose: () => void }) {
  const timeZone = useTimeZone()
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title="The invite"
      description={`Pass it on now: it is not shown again. Good for ${inviteWords(made.invite, made.invite.createdAt, timeZone)}.`}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className={styles.form}>
        <Shown label="Link" value={made.link} />
        <Shown label="Code" value={made.code} />
      </div>
    </Dialog>
  )
}
