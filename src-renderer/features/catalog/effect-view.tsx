import { useState } from 'react'
import type { Simulation } from '#shared/simulation/outcome.ts'
import { Button } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords, plural } from '../../kit/format.ts'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { useHostData } from '../../state/host.ts'
import { moreUsed, planFigures } from '../../words/plan-figures.ts'
import { type Json } from './document.ts'
import styles from './catalog.module.css'

interface EffectViewProps {
  readonly document: Json
  readonly valid: boolean
}

/** What the draft would have done to recorded usage, plan by plan, beside the version in force. */
export function EffectView({ document, valid }: EffectViewProps) {
  const [asked, setAsked] = useState<string | null>(null)
  const text = JSON.stringify(document)
  const now = useHostData('plans.simulate', {}, { enabled: asked !== null })
  const then = useHostData(
    'plans.simulate',
    { catalogText: asked ?? '' },
    { enabled: asked !== null },
  )
  const error = now.error ?? then.error
  return (
    <div className={styles.stack}>
      <div className={styles.bar}>
        <p>This machine’s recorded usage, priced under the version in force and under the draft.</p>
        <Button disabled={!valid || asked === text} onClick={() => setAsked(text)}>
          {asked === null ? 'Calculate' : 'Calculate again'}
        </Button>
      </div>
      {!valid && <p className={styles.hint}>Fix the problems of the draft first.</p>}
      {asked !== null && error && (
        <ErrorState
          error={error}
          onRetry={() => {
            now.reload()
            then.reload()
          }}
        />
      )}
      {asked !== null && !error && (!now.data || !then.data) && (
        <Skeleton label="Pricing recorded usage" lines={4} height={32} />
      )}
      {!error && now.data && then.data && (
        <>
          <p>
            {now.data.usage.runs === 0
              ? 'Nothing has been run yet, so there is nothing to go by.'
              : `${plural(now.data.usage.runs, 'run')}, charged ${creditsInWords(now.data.usage.charged)} when they were made.`}
          </p>
          {now.data.usage.runs > 0 && (
            <EffectTable before={now.data.plans} after={then.data.plans} />
          )}
        </>
      )}
    </div>
  )
}

function EffectTable(props: {
  readonly before: readonly Simulation[]
  readonly after: readonly Simulation[]
}) {
  const earlier = new Map(props.before.map((plan) => [plan.planId, plan]))
  return (
    <Table framed aria-label="Recorded usage under the draft">
      <TableHead
        columns={[
          'Plan',
          { numeric: 'Credits used' },
          { numeric: 'Months run out' },
          { numeric: 'Runs left out' },
          { numeric: 'Price in all' },
        ]}
      />
      <tbody>
        {props.after.map((plan) => (
          <EffectRow key={plan.planId} plan={plan} was={earlier.get(plan.planId) ?? null} />
        ))}
      </tbody>
    </Table>
  )
}

function EffectRow(props: { readonly plan: Simulation; readonly was: Simulation | null }) {
  const { plan, was } = props
  const figures = planFigures(plan)
  const before = was && planFigures(was)
  const more = was && moreUsed(was, plan)
  return (
    <tr>
      <Td className={styles.value}>{plan.planName}</Td>
      <Td numeric>
        {figures.used}
        <Was figure={figures.used} before={before?.used} more={more} />
      </Td>
      <Td numeric>
        {figures.ranOut}
        <Was figure={figures.ranOut} before={before?.ranOut} />
      </Td>
      <Td numeric>{figures.leftOut}</Td>
      <Td numeric>
        {figures.price}
        <Was figure={figures.price} before={before?.price} />
      </Td>
    </tr>
  )
}

/** What a figure is under the version in force, where that is another. */
function Was(props: {
  readonly figure: string
  readonly before: string | undefined
  readonly more?: string | null
}) {
  const { figure, before, more } = props
  if (before === undefined || before === figure) return null
  return (
    <span className={styles.was}>
      was {before}
      {more && ` (${more})`}
    </span>
  )
}
