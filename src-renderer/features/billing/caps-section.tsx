import { useState } from 'react'
import type { PoliciesView } from '#shared/host/policies.ts'
import { hasRight } from '#shared/team/members.ts'
import { CapForm } from '../../components/cap-form.tsx'
import { CapTable } from '../../components/cap-table.tsx'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { alertWords, capNames } from '../../words/cap-words.ts'
import styles from './billing.module.css'

interface CapsSectionProps {
  readonly operationNames: ReadonlyMap<string, string>
}

/** What limits spending beside the balance, how much of it is used, and who is told when. */
export function CapsSection({ operationNames }: CapsSectionProps) {
  const [adding, setAdding] = useState(false)
  const { data: team } = useHostData('team.read', {}, { refreshOn: ['team'] })
  const names = capNames(operationNames, team)
  const mayChange = team === null || hasRight(team.role, 'set-caps')
  const { data, error, reload } = useHostData(
    'policies.read',
    {},
    { refreshOn: ['policies', 'usage', 'balance'] },
  )
  return (
    <Section
      title="Caps and alerts"
      text={
        team
          ? 'A cap limits what may be spent in a stretch of time; of several the tightest counts. All machines’ runs count, those of others once they have told of them.'
          : 'A cap limits what may be spent in a stretch of time; of several the tightest counts. Yours come on top of the plan’s.'
      }
      actions={mayChange && <Button onClick={() => setAdding(true)}>Add a cap</Button>}
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading caps" lines={2} height={28} />}
      {data?.caps.length === 0 && (
        <Note>There is no cap: only the balance limits what is spent.</Note>
      )}
      {data && data.caps.length > 0 && (
        <CapTable
          label="Caps"
          caps={data.caps}
          names={names}
          team={team}
          mayChange={mayChange}
          reload={reload}
        />
      )}
      {data && <Alerts policies={data} />}
      {adding && (
        <CapForm names={names} team={team} onClose={() => setAdding(false)} onSaved={reload} />
      )}
    </Section>
  )
}

function Alerts({ policies: { alerts } }: { readonly policies: PoliciesView }) {
  if (alerts.length === 0) {
    return <Note>The catalog sets no alerts for your plan.</Note>
  }
  return (
    <div>
      <h3 className={styles.subtitle}>You are told</h3>
      <ul className={styles.points} aria-label="Alerts">
        {alerts.map(({ rule, active }) => (
          <li key={rule.id}>
            {alertWords(rule)} {active && <Badge tone="caution">Now</Badge>}
          </li>
        ))}
      </ul>
    </div>
  )
}
