import { useState, type ReactNode } from 'react'
import type { TeamView } from '#shared/host/team.ts'
import type { Result } from '#shared/result.ts'
import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { notify } from '../../kit/notify.ts'
import { Section } from '../../kit/page.tsx'
import { useBusy } from '../../kit/use-busy.ts'
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
            hint="The name the others in the team see."
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
    <Field label={label} hint={hint} narrow>
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

/** Takes one of the two ways: both want the names first, and lead into a team or say why not. */
function useWay({ named, onJoined }: WayProps) {
  const [busy, whileBusy] = useBusy()
  const [error, setError] = useState<string | null>(null)
  const take = async (way: () => Promise<Result<TeamView>>, welcome: (team: string) => string) => {
    if (!named) {
      setError(UNNAMED)
      return
    }
    const result = await whileBusy(way())
    if (!result.ok) {
      setError(result.error.message)
      return
    }
    notify({ tone: 'good', text: welcome(result.data.name) })
    onJoined()
  }
  return { busy, error, take, forgetError: () => setError(null) }
}

/** The code of `ABCD-…`, or a link that also says where the server is. */
const isLink = (invite: string) => /^https?:/i.test(invite.trim())

function JoinTeam(props: WayProps) {
  const { busy, error, take, forgetError } = useWay(props)
  const [invite, setInvite] = useState('')
  const [address, setAddress] = useState('')
  const needsAddress = invite.trim() !== '' && !isLink(invite)
  const serverUrl = needsAddress ? address.trim() : null
  const join = () =>
    take(
      () => callHost('team.join', { ...props.names, invite: invite.trim(), serverUrl }),
      (team) => `You are in ${team}.`,
    )
  return (
    <Section title="Join a team" text="With the invite that someone in the team gave you.">
      <Form className={styles.form} onSubmit={join}>
        <Field label="Invite link or code" error={error}>
          <TextInput
            value={invite}
            maxLength={400}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setInvite(event.target.value)
              forgetError()
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
      </Form>
    </Section>
  )
}

function CreateTeam(props: WayProps) {
  const { busy, error, take, forgetError } = useWay(props)
  const [teamName, setTeamName] = useState('')
  const [address, setAddress] = useState('')
  const create = () =>
    take(
      () => callHost('team.create', { ...props.names, teamName, serverUrl: address.trim() }),
      (team) => `${team} is there. Invite the others.`,
    )
  return (
    <Section title="Create a team" text="On your own server or your company’s.">
      <Form className={styles.form} onSubmit={create}>
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
            forgetError()
          }}
        />
        <Button
          type="submit"
          busy={busy}
          disabled={teamName.trim() === '' || address.trim() === ''}
        >
          Create team
        </Button>
      </Form>
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
