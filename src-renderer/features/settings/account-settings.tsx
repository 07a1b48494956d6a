import { useMemo, useState } from 'react'
import { Trash2 } from 'lucide-react'
import { isTimeZone } from '#shared/account/cycle.ts'
import { Button, IconButton } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Section } from '../../kit/page.tsx'
import { useBalance } from '../../state/balance-store.ts'
import { useSettings } from '../../state/app-store.ts'
import { callOrTell, useHostData } from '../../state/host.ts'
import { Fact, Facts } from '../../kit/facts.tsx'
import { ResultCacheSettings } from './result-cache-settings.tsx'
import styles from './settings.module.css'

const MAX_SUBJECTS = 50
const MAX_LENGTH = 60

export function AccountSettings() {
  const balance = useBalance()
  const { data: team } = useHostData('team.read', {}, { refreshOn: ['team'] })
  return (
    <>
      <Section
        title="Account"
        text={
          team
            ? `The credits are those of ${team.name}; what you make stays on this machine.`
            : 'This account lives on this machine alone; nobody else has it.'
        }
      >
        {balance && (
          <Facts layout="lines">
            <Fact name="Plan">{balance.planName}</Fact>
          </Facts>
        )}
        <TimeZone />
      </Section>
      <Subjects />
      <ResultCacheSettings />
    </>
  )
}

/** Typed with suggestions: there are over four hundred zones, too many for a list to scroll. */
function TimeZone() {
  const { timeZone } = useSettings()
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], [])
  const [typed, setTyped] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const value = typed ?? timeZone
  const save = async () => {
    const zone = value.trim()
    if (!isTimeZone(zone)) {
      setError('There is no such time zone. Choose one such as Europe/Berlin.')
      return
    }
    setError(null)
    if (await callOrTell('settings.save', { timeZone: zone })) setTyped(null)
  }
  return (
    <Form inLine onSubmit={save}>
      <Field
        label="Time zone"
        narrow
        error={error}
        hint="Days in Usage follow it. The monthly reset keeps the zone the account began in."
      >
        <TextInput
          list="time-zones"
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          value={value}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
      <datalist id="time-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Button type="submit" disabled={value.trim() === timeZone}>
        Change
      </Button>
    </Form>
  )
}

function Subjects() {
  const { subjects, subject } = useSettings()
  const [name, setName] = useState('')
  const [error, setError] = useState<string | null>(null)
  const add = async () => {
    const added = name.trim()
    if (added === '') return
    if (subjects.includes(added)) setError('You have this subject already.')
    else if (subjects.length >= MAX_SUBJECTS) setError('There is room for 50. Remove one first.')
    else if (await callOrTell('settings.save', { subjects: [...subjects, added] })) {
      setError(null)
      setName('')
    }
  }
  const remove = (removed: string) =>
    callOrTell('settings.save', {
      subjects: subjects.filter((each) => each !== removed),
      ...(subject === removed ? { subject: '' } : {}),
    })
  return (
    <Section
      title="Subjects"
      text="What work is for. You choose one at the top of the window; Usage can filter and group by it. Removing one here leaves past usage as it was."
    >
      {subjects.length > 0 && (
        <ul className={styles.list}>
          {subjects.map((each) => (
            <li key={each} className={styles.item}>
              <span className={styles.itemName}>{each}</span>
              <IconButton
                size="small"
                label={`Remove ${each}`}
                icon={<Trash2 size={16} aria-hidden />}
                onClick={() => void remove(each)}
              />
            </li>
          ))}
        </ul>
      )}
      <Form inLine onSubmit={add}>
        <Field label="New subject" narrow error={error}>
          <TextInput
            value={name}
            maxLength={MAX_LENGTH}
            placeholder="Research"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Button type="submit" disabled={name.trim() === ''}>
          Add
        </Button>
      </Form>
    </Section>
  )
}
