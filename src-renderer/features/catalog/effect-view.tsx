import { useState } from 'react'
import { formatMoney } from '#shared/credits/format.ts'
import { type Credits as Amount, subtractCredits } from '#shared/credits/amount.ts'
import type { Simulation } from '#shared/simulation/outcome.ts'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords, formatCredits, plural } from '../../kit/format.ts'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { useHostData } from '../../state/host.ts'
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
        {props.after.map((plan) => {
          const was = earlier.get(plan.planId)
          return (
            <tr key={plan.planId}>
              <Td className={styles.value}>{plan.planName}</Td>
              <Td numeric>
                <Credits amount={plan.used} />
                {was && <Change before={was.used} after={plan.used} />}
              </Td>
              <Td numeric>
                {plan.ranOut}
                {was && was.ranOut !== plan.ranOut && (
                  <span className={styles.was}>was {was.ranOut}</span>
                )}
              </Td>
              <Td numeric>{leftOut(plan)}</Td>
              <Td numeric>
                {price(plan)}
                {was && price(was) !== price(plan) && (
                  <span className={styles.was}>was {price(was)}</span>
                )}
              </Td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}

function Change({ before, after }: { readonly before: Amount; readonly after: Amount }) {
  if (before === after) return null
  const difference = subtractCredits(after, before)
  return (
    <span className={styles.was}>
      was {formatCredits(before)} ({difference > 0 ? '+' : ''}
      {formatCredits(difference)})
    </span>
  )
}

const leftOut = ({ leftOut: parts }: Simulation): number =>
  parts.reduce((sum, { runs }) => sum + runs, 0)

const price = ({ money }: Simulation): string =>
  money === null ? 'By agreement' : formatMoney(money)
