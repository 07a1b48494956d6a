import { useState } from 'react'
import type { Simulation, WhenOut } from '#shared/simulation/outcome.ts'
import type { BillingView } from '#shared/host/billing.ts'
import type { PlanSimulations } from '#shared/host/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords, formatTime, plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Select } from '../../kit/select.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { CellTitle, Table, TableHead, Td } from '../../kit/table.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import { isByAgreement, planFigures } from '../../words/plan-figures.ts'
import { bestFit, simulationRemarks } from './fit-words.ts'
import styles from './billing.module.css'

const WHEN_OUT = [
  { value: 'as-the-plan-says', label: 'As the plan says' },
  { value: 'buy-packs', label: 'A pack is bought' },
] as const

/** Which plan fits: recorded usage computed again under each plan on offer. Asked for, as it takes a moment. */
export function FitSection({ billing }: { readonly billing: BillingView }) {
  const [asked, setAsked] = useState(false)
  const [whenOut, setWhenOut] = useState<WhenOut>('as-the-plan-says')
  const { data, error, loading, reload } = useHostData(
    'plans.simulate',
    { whenOut, seats: billing.seats },
    { enabled: asked },
  )
  return (
    <Section
      title="Which plan fits me?"
      text="Your recorded usage under each plan: what it would have cost, and in which months the credits would have run out."
      actions={
        asked ? (
          <Select
            label="When the credits are used up"
            value={whenOut}
            options={WHEN_OUT}
            onChange={setWhenOut}
          />
        ) : (
          <Button onClick={() => setAsked(true)}>Calculate</Button>
        )
      }
    >
      {asked && !data && error && <ErrorState error={error} onRetry={reload} />}
      {asked && !data && !error && (
        <Skeleton label="Pricing your usage under each plan" lines={4} height={32} />
      )}
      {data && (
        <div aria-busy={loading}>
          {data.usage.runs === 0 ? (
            <Note>Nothing has been run yet, so there is nothing to go by.</Note>
          ) : (
            <Outcome outcome={data} billing={billing} />
          )}
        </div>
      )}
    </Section>
  )
}

function Outcome({
  outcome,
  billing,
}: {
  readonly outcome: PlanSimulations
  readonly billing: BillingView
}) {
  const timeZone = useTimeZone()
  const { usage, plans } = outcome
  const best = bestFit(plans)
  const day = (at: number | null) => (at === null ? '' : formatTime(at, timeZone, 'day-year'))
  return (
    <div className={styles.form}>
      <p>
        {plural(usage.runs, 'run')} from {day(usage.first)} to {day(usage.last)}, charged{' '}
        {creditsInWords(usage.charged)}.{' '}
        {best && <strong>{best.planName} is the cheapest that would not have run out.</strong>}
      </p>
      <Table framed aria-label="Your usage under each plan">
        <TableHead
          columns={[
            'Plan',
            { numeric: 'Credits used' },
            { numeric: 'Months run out' },
            { numeric: 'Price in all' },
          ]}
        />
        <tbody>
          {plans.map((simulation) => (
            <FitRow
              key={simulation.planId}
              simulation={simulation}
              present={simulation.planId === billing.plan.id}
              best={simulation === best}
            />
          ))}
        </tbody>
      </Table>
    </div>
  )
}

function FitRow(props: {
  readonly simulation: Simulation
  readonly present: boolean
  readonly best: boolean
}) {
  const { simulation, present, best } = props
  const timeZone = useTimeZone()
  const figures = planFigures(simulation)
  const remarks = isByAgreement(simulation)
    ? ['What it brings is made to measure.']
    : simulationRemarks(simulation, timeZone)
  return (
    <tr>
      <Td wide>
        <CellTitle title={simulation.planName}>
          {present && <Badge tone="accent">Your plan</Badge>}
          {best && <Badge tone="good">Fits</Badge>}
        </CellTitle>
        {remarks.map((remark) => (
          <Note key={remark}>{remark}</Note>
        ))}
      </Td>
      <Td numeric>{figures.used}</Td>
      <Td numeric>{figures.ranOut}</Td>
      <Td numeric>{figures.price}</Td>
    </tr>
  )
}
