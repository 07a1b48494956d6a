import { useState } from 'react'
import type { Plan } from '#shared/catalog/plans.ts'
import type { BillingView } from '#shared/host/billing.ts'
import { hasRight } from '#shared/team/members.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { notify } from '../../kit/notify.ts'
import { Section } from '../../kit/page.tsx'
import { CellTitle, Table, TableHead, Td } from '../../kit/table.tsx'
import { Time, useTimeZone } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callOrTell, useHostData } from '../../state/host.ts'
import { ChangePlanDialog } from './change-plan-dialog.tsx'
import { overrideWords, planPrice, planTerms, previewLine } from './plan-words.ts'
import styles from './billing.module.css'

interface PlansSectionProps {
  readonly billing: BillingView
  readonly reload: () => void
}

/** The plans side by side, the present one marked, and what changing to each would do now. */
export function PlansSection({ billing, reload }: PlansSectionProps) {
  const [chosen, setChosen] = useState<Plan | null>(null)
  const { data: team } = useHostData('team.read', {}, { refreshOn: ['team'] })
  const mayChange = team === null || hasRight(team.role, 'change-plan')
  return (
    <Section
      id="plans"
      title="Plans"
      text={
        team
          ? 'The plan is the whole team’s, and its owners and admins change it.'
          : 'This machine stands alone: nothing is charged for a plan.'
      }
    >
      {billing.scheduled && <Scheduled billing={billing} reload={reload} />}
      {billing.overrides.length > 0 && <Agreed billing={billing} />}
      <Table framed aria-label="Plans">
        <TableHead
          columns={[
            'Plan',
            { numeric: 'Credits a month' },
            { numeric: 'Price a month' },
            { hidden: 'Change' },
          ]}
        />
        <tbody>
          {billing.plans.map((plan) => (
            <PlanRow
              key={plan.id}
              plan={plan}
              billing={billing}
              onChoose={mayChange ? () => setChosen(plan) : null}
            />
          ))}
        </tbody>
      </Table>
      {chosen && (
        <ChangePlanDialog
          plan={chosen}
          billing={billing}
          onClose={() => setChosen(null)}
          onChanged={reload}
        />
      )}
    </Section>
  )
}

interface PlanRowProps {
  readonly plan: Plan
  readonly billing: BillingView
  /** Null for who may not change it. */
  readonly onChoose: (() => void) | null
}

function PlanRow({ plan, billing, onChoose }: PlanRowProps) {
  const present = plan.id === billing.plan.id
  // What is made to measure is not chosen here: without its agreement it brings nothing.
  const byAgreement = plan.price === null && plan.allowance === 0
  return (
    <tr>
      <Td wide>
        <CellTitle title={plan.name}>
          {present && <Badge tone="accent">Your plan</Badge>}
          {present && plan.perSeat && <Badge>{plural(billing.seats, 'seat')}</Badge>}
          {!plan.offered && <Badge>No longer offered</Badge>}
        </CellTitle>
        {plan.description !== '' && <span className={styles.words}>{plan.description}</span>}
        <Note>{planTerms(plan).join(' · ')}</Note>
        {!present && !byAgreement && <WhatItDoes plan={plan} />}
      </Td>
      <Td numeric>
        {byAgreement ? (
          'By agreement'
        ) : (
          <>
            <Credits amount={plan.allowance} />
            {plan.perSeat && <Note>per seat</Note>}
          </>
        )}
      </Td>
      <Td numeric>{planPrice(plan)}</Td>
      <Td numeric>
        {onChoose && !byAgreement && (!present || plan.perSeat) && (
          <Button
            size="small"
            aria-label={present ? `Change the seats of ${plan.name}` : `Change to ${plan.name}`}
            onClick={onChoose}
          >
            {present ? 'Seats' : 'Change'}
          </Button>
        )}
      </Td>
    </tr>
  )
}

/** One line on what the change does now, computed by the host for one seat where seats count. */
function WhatItDoes({ plan }: { readonly plan: Plan }) {
  const timeZone = useTimeZone()
  const { data } = useHostData(
    'plan.preview',
    { planId: plan.id, seats: 1 },
    { refreshOn: ['balance'] },
  )
  if (!data) return null
  const seat = plan.perSeat ? ', with one seat' : ''
  return (
    <span className={styles.effect}>
      {previewLine(data, timeZone)}
      {seat}
    </span>
  )
}

/** Terms agreed for this account alone, perhaps for a time. */
function Agreed({ billing }: { readonly billing: BillingView }) {
  const timeZone = useTimeZone()
  return (
    <div>
      <h3 className={styles.subtitle}>Agreed for you</h3>
      <ul className={styles.points}>
        {billing.overrides.map((override) => (
          <li key={override.id}>{overrideWords(override, timeZone)}</li>
        ))}
      </ul>
    </div>
  )
}

function Scheduled({ billing, reload }: PlansSectionProps) {
  const [busy, whileBusy] = useBusy()
  const { scheduled, plan, seats } = billing
  if (!scheduled) return null
  const keep = async () => {
    const kept = await whileBusy(callOrTell('plan.change', { planId: plan.id, seats }))
    if (!kept) return
    notify({ tone: 'good', text: `You keep ${plan.name}.` })
    reload()
  }
  return (
    <div className={styles.note} role="status">
      <p>
        Changes to <strong>{scheduled.planName}</strong>
        {scheduled.seats > 1 && ` with ${plural(scheduled.seats, 'seat')}`} on{' '}
        <Time at={scheduled.from} style="day-year" />.
      </p>
      <Button size="small" busy={busy} onClick={keep}>
        Keep {plan.name}
      </Button>
    </div>
  )
}
