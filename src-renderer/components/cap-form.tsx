import { useState } from 'react'
import { millicredits, MILLICREDITS_PER_CREDIT } from '#shared/credits/amount.ts'
import type { Cap } from '#shared/catalog/policies.ts'
import type { TeamView } from '#shared/host/team.ts'
import { FormDialog } from '../kit/dialog.tsx'
import { Field, TextInput } from '../kit/field.tsx'
import { NumberField } from '../kit/number-field.tsx'
import { Select } from '../kit/select.tsx'
import { useBusy } from '../kit/use-busy.ts'
import { useSettings } from '../state/app-store.ts'
import { callHost } from '../state/host.ts'
import type { CapNames } from '../words/cap-words.ts'

const WINDOWS = [
  { value: 'hour', label: 'An hour' },
  { value: 'day', label: 'A day' },
  { value: 'week', label: 'A week' },
  { value: 'month', label: 'A calendar month' },
  { value: 'cycle', label: 'A month of the plan' },
  { value: 'rolling', label: 'The minutes before' },
] as const
type Window = Cap['window']

const ALL = 'all'
const EACH_MEMBER = 'member each'

const KINDS = [
  { value: 'hard', label: 'Refuse the run' },
  { value: 'soft', label: 'Only warn' },
] as const

const MOST = 1_000_000_000
/** A month’s. */
const MOST_MINUTES = 44_640

interface CapFormProps {
  /** The one to change; none for a new one. */
  readonly cap?: Cap
  readonly names: CapNames
  readonly team: TeamView | null
  /** Only members are offered to count. */
  readonly forMembers?: boolean
  readonly onClose: () => void
  readonly onSaved: () => void
}

/** A cap of one's own, or of the team: a new one, or another limit for one that is there. */
export function CapForm({ cap, names, team, forMembers = false, onClose, onSaved }: CapFormProps) {
  const { subjects } = useSettings()
  const [id] = useState(() => cap?.id ?? `own-${crypto.randomUUID()}`)
  const [name, setName] = useState(cap?.name ?? '')
  const [limit, setLimit] = useState(cap ? cap.limit / MILLICREDITS_PER_CREDIT : 100)
  const [window, setWindow] = useState<Window>(cap?.window ?? 'day')
  const [minutes, setMinutes] = useState(cap?.minutes ?? 60)
  const [kind, setKind] = useState<Cap['kind']>(cap?.kind ?? 'hard')
  const [counts, setCounts] = useState(cap ? countsOf(cap.scope) : forMembers ? EACH_MEMBER : ALL)
  const [busy, whileBusy] = useBusy()
  const [error, setError] = useState<string | null>(null)
  const people = [...(team ? memberChoices(team) : [])]
  const scopes = forMembers
    ? people
    : [
        { value: ALL, label: 'Everything together' },
        ...people,
        ...(team ? machineChoices(team) : []),
        ...[...names.operations].map(([each, label]) => ({ value: `operation ${each}`, label })),
        { value: 'subject each', label: 'Each subject by itself' },
        ...subjects.map((subject) => ({
          value: `subject ${subject}`,
          label: `Subject: ${subject}`,
        })),
      ]
  const save = async () => {
    const result = await whileBusy(
      callHost('caps.save', {
        cap: {
          id,
          name: name.trim(),
          limit: millicredits(Math.round(limit * MILLICREDITS_PER_CREDIT)),
          kind,
          ...(window === 'rolling' ? { minutes } : {}),
          window,
          scope: cap && counts === countsOf(cap.scope) ? cap.scope : scopeOf(counts),
        },
      }),
    )
    if (!result.ok) {
      setError(result.error.message)
      return
    }
    onSaved()
    onClose()
  }
  return (
    <FormDialog
      onClose={onClose}
      title={cap ? `Change ${cap.name}` : 'Add a cap'}
      submitLabel={cap ? 'Save' : 'Add cap'}
      busy={busy}
      disabled={!name.trim()}
      onSubmit={save}
    >
      <Field label="Name" error={error}>
        <TextInput
          value={name}
          maxLength={120}
          placeholder="Not more than this a day"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <NumberField label="Credits" value={limit} min={0} max={MOST} step={10} onChange={setLimit} />
      <Select label="In" value={window} options={WINDOWS} onChange={setWindow} />
      {window === 'rolling' && (
        <NumberField
          label="Minutes"
          value={minutes}
          min={1}
          max={MOST_MINUTES}
          step={15}
          onChange={setMinutes}
        />
      )}
      <Select label="Counts" value={counts} options={scopes} onChange={setCounts} />
      <Select label="When it is reached" value={kind} options={KINDS} onChange={setKind} />
    </FormDialog>
  )
}

/** Of a team: each member or machine by itself, or one member. */
function memberChoices({ members }: TeamView) {
  return [
    { value: EACH_MEMBER, label: 'Each member by itself' },
    ...members
      .filter(({ leftAt }) => leftAt === null)
      .map(({ id, name }) => ({ value: `member ${id}`, label: name })),
    { value: 'device each', label: 'Each machine by itself' },
  ]
}

/** One machine that may still run. */
function machineChoices({ devices }: TeamView) {
  return devices
    .filter(({ standing }) => standing === 'active')
    .map(({ id, name }) => ({ value: `device ${id}`, label: `Machine: ${name}` }))
}

/** `operation chat.fast` → `{operation: 'chat.fast'}`. */
function scopeOf(counts: string): Cap['scope'] {
  const space = counts.indexOf(' ')
  if (space === -1) return {}
  return { [counts.slice(0, space)]: counts.slice(space + 1) }
}

/** The other way round; of more than one field no choice stands for it. */
function countsOf(scope: Cap['scope']): string {
  const fields = Object.entries(scope)
  return fields.length === 0 ? ALL : fields.map((field) => field.join(' ')).join(', ')
}
