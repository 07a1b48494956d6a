import { useState } from 'react'
import { Trash2 } from 'lucide-react'
import type { CapView, PoliciesView } from '#shared/host/policies.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button, IconButton } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords, formatCredits } from '../../kit/format.ts'
import { Meter } from '../../kit/meter.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { callOrTell, useHostData } from '../../state/host.ts'
import { CapForm } from './cap-form.tsx'
import { alertWords, capWords } from './cap-words.ts'
import styles from './billing.module.css'

const SOURCES: Readonly<Record<CapView['source'], string>> = {
  catalog: 'Set by the catalog',
  plan: 'Part of your plan',
  override: 'Agreed for you',
  own: 'Set by you',
}

interface CapsSectionProps {
  readonly operationNames: ReadonlyMap<string, string>
}

/** What limits spending beside the balance, how much of it is used, and who is told when. */
export function CapsSection({ operationNames }: CapsSectionProps) {
  const [adding, setAdding] = useState(false)
  const { data, error, reload } = useHostData(
    'policies.read',
    {},
    { refreshOn: ['policies', 'usage', 'balance'] },
  )
  return (
    <Section
      title="Caps and alerts"
      text="A cap limits what may be spent in a stretch of time; of several the tightest counts. Yours come on top of the plan’s."
      actions={<Button onClick={() => setAdding(true)}>Add a cap</Button>}
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading caps" lines={2} height={28} />}
      {data && <Caps caps={data.caps} operationNames={operationNames} reload={reload} />}
      {data && <Alerts policies={data} />}
      {adding && (
        <CapForm
          operationNames={operationNames}
          onClose={() => setAdding(false)}
          onSaved={reload}
        />
      )}
    </Section>
  )
}

function Caps(props: CapsSectionProps & { caps: readonly CapView[]; reload: () => void }) {
  const { caps, operationNames, reload } = props
  if (caps.length === 0) {
    return <p className={styles.soft}>There is no cap: only the balance limits what is spent.</p>
  }
  return (
    <Table framed aria-label="Caps">
      <TableHead columns={['Cap', 'Used', { hidden: 'Remove' }]} />
      <tbody>
        {caps.map((each) => (
          <CapRow
            key={`${each.source} ${each.cap.id}`}
            view={each}
            operationNames={operationNames}
            reload={reload}
          />
        ))}
      </tbody>
    </Table>
  )
}

function CapRow(props: CapsSectionProps & { view: CapView; reload: () => void }) {
  const { view, operationNames, reload } = props
  const { cap, source, uses } = view
  const [most] = uses
  const remove = async () => {
    if (await callOrTell('caps.remove', { capId: cap.id })) reload()
  }
  return (
    <tr>
      <Td className={styles.wide}>
        <span className={styles.name}>
          <span className={styles.words}>{cap.name}</span>
          <Badge tone={cap.kind === 'hard' ? 'caution' : 'plain'}>
            {cap.kind === 'hard' ? 'Refuses' : 'Warns'}
          </Badge>
        </span>
        <span className={styles.soft}>
          {capWords(cap, operationNames)}. {SOURCES[source]}.
        </span>
      </Td>
      <Td className={styles.use}>
        {most && (
          <>
            <Meter
              label={`Used of ${cap.name}`}
              value={most.used}
              max={cap.limit}
              tone={most.used >= cap.limit ? 'bad' : 'plain'}
            />
            <span className={styles.soft}>
              {most.of.length > 0 && `${most.of.join(', ')}: `}
              {formatCredits(most.used)} of {creditsInWords(cap.limit)}, until{' '}
              <Time at={most.resetsAt} />
            </span>
          </>
        )}
      </Td>
      <Td numeric>
        {source === 'own' && (
          <IconButton
            size="small"
            label={`Remove ${cap.name}`}
            icon={<Trash2 size={16} aria-hidden />}
            onClick={remove}
          />
        )}
      </Td>
    </tr>
  )
}

function Alerts({ policies: { alerts } }: { readonly policies: PoliciesView }) {
  if (alerts.length === 0) {
    return <p className={styles.soft}>The catalog sets no alerts for your plan.</p>
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
