import { useState, type ReactNode } from 'react'
import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { notify } from '../../kit/notify.ts'
import { Section } from '../../kit/page.tsx'
import { callHost } from '../../state/host.ts'
import styles from './team.module.css'

interface AlonePageProps {
  readonly onJoined: () => void
}

/** Without a team: what one is good for, and the two ways into one. */
export function AlonePage({ onJoined }: AlonePageProps) {
  const [names, setNames] = useState({ memberName: '', deviceName: '' })
  const named = names.memberName.trim() !== '' && names.deviceName.trim() !== ''
  return (
    <>
      <Section
        title="Share credits"
        text="A team’s machines spend from one pool. Each keeps its own part, so everything goes on without a network, and together they never spend more than there is. Your credits and your usage come along."
      >
        <div className={styles.form}>
          <NameField
            label="Your name"
            hint="As the others of the team see you."
            value={names.memberName}
            onChange={(memberName) => setNames({ ...names, memberName })}
          />
          <NameField
            label="Name of this machine"
            value={names.deviceName}
            onChange={(deviceName) => setNames({ ...names, deviceName })}
          />
        </div>
      </Section>
      <div className={styles.ways}>
        <JoinTeam names={names} named={named} onJoined={onJoined} />
        <CreateTeam names={names} named={named} onJoined={onJoined} />
      </div>
    </>
  )
}

interface NameFieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly value: string
  readonly onChange: (value: string) => void
}

function NameField({ label, hint, value, onChange }: NameFieldProps) {
  return (
    <Field label={label} hint={hint} className={styles.narrow}>
      <TextInput
        value={value}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}

interface WayProps extends AlonePageProps {
  readonly names: { readonly memberName: string; readonly deviceName: string }
  /** Both names are given. */
  readonly named: boolean
}

const UNNAMED = 'Give your name and one for this machine first.'

/** The code of `ABCD-…`, or a link that also says where the server is. */
const isLink = (invite: string) => /^https?:/i.test(invite.trim())

function JoinTeam({ names, named, onJoined }: WayProps) {
  const [invite, setInvite] = useState('')
  const [address, setAddress] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const needsAddress = invite.trim() !== '' && !isLink(invite)
  const join = async () => {
    if (!named) {
      setError(UNNAMED)
      return
    }
    setBusy(true)
    const result = await callHost('team.join', {
      ...names,
      invite: invite.trim(),
      serverUrl: needsAddress ? address.trim() : null,
    })
    setBusy(false)
    if (!result.ok) {
      setError(result.error.message)
      return
    }
    notify({ tone: 'good', text: `You are in ${result.data.name}.` })
    onJoined()
  }
  return (
    <Section title="Join a team" text="With the invite that somebody of the team gave you.">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void join()
        }}
      >
        <Field label="Invite link or code" error={error}>
          <TextInput
            value={invite}
            maxLength={400}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setInvite(event.target.value)
              setError(null)
            }}
          />
        </Field>
        {needsAddress && <AddressField value={address} onChange={setAddress} />}
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabled={invite.trim() === '' || (needsAddress && address.trim() === '')}
        >
          Join team
        </Button>
      </form>
    </Section>
  )
}

function CreateTeam({ names, named, onJoined }: WayProps) {
  const [teamName, setTeamName] = useState('')
  const [address, setAddress] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const create = async () => {
    if (!named) {
      setError(UNNAMED)
      return
    }
    setBusy(true)
    const result = await callHost('team.create', {
      ...names,
      teamName,
      serverUrl: address.trim(),
    })
    setBusy(false)
    if (!result.ok) {
      setError(result.error.message)
      return
    }
    notify({ tone: 'good', text: `${result.data.name} is there. Invite the others.` })
    onJoined()
  }
  return (
    <Section title="Create a team" text="On a server of yours or of your company.">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        <Field label="Name of the team">
          <TextInput
            value={teamName}
            maxLength={60}
            autoComplete="off"
            onChange={(event) => setTeamName(event.target.value)}
          />
        </Field>
        <AddressField
          value={address}
          error={error}
          onChange={(value) => {
            setAddress(value)
            setError(null)
          }}
        />
        <Button
          type="submit"
          busy={busy}
          disabled={teamName.trim() === '' || address.trim() === ''}
        >
          Create team
        </Button>
      </form>
    </Section>
  )
}

interface AddressFieldProps {
  readonly value: string
  readonly error?: string | null
  readonly onChange: (value: string) => void
}

function AddressField({ value, error, onChange }: AddressFieldProps) {
  return (
    <Field label="Address of the server" error={error}>
      <TextInput
        value={value}
        type="url"
        maxLength={300}
        placeholder="https://team.example"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
