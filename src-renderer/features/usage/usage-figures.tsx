import type { ReactNode } from 'react'
import { type Credits as Amount, millicredits } from '#shared/credits/amount.ts'
import type { UsageSummary } from '#shared/host/views.ts'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Meter } from '../../kit/meter.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import styles from './usage-figures.module.css'

/** The three figures: spent of the limit, pace, and when it runs out at this pace. */
export function UsageFigures() {
  const { data, error, reload } = useHostData(
    'usage.summary',
    {},
    { refreshOn: ['usage', 'balance'] },
  )
  if (!data) {
    if (error) return <ErrorState error={error} onRetry={reload} />
    return (
      <div className={styles.waiting}>
        <Skeleton label="Loading usage" lines={1} height={104} />
      </div>
    )
  }
  return (
    <div className={styles.figures}>
      <SpentFigure summary={data} />
      <Figure
        label="Pace"
        value={<Credits amount={roundPace(data.pacePerDay)} />}
        note="credits a day, since the month began"
      />
      <RunsOutFigure summary={data} />
    </div>
  )
}

function SpentFigure({ summary }: { readonly summary: UsageSummary }) {
  const { allowance, spentThisCycle, cycle } = summary
  const share = allowance === 0 ? 1 : spentThisCycle / allowance
  return (
    <Figure
      label="Spent this month"
      value={
        <>
          <Credits amount={spentThisCycle} />
          <span className={styles.of}>
            {' '}
            of <Credits amount={allowance} />
          </span>
        </>
      }
      note={
        <>
          since <Time at={cycle.startsAt} style="day" />, resets{' '}
          <Time at={cycle.endsAt} style="day" />
        </>
      }
    >
      <Meter
        label="Spent of this month’s credits"
        value={Math.min(spentThisCycle, allowance)}
        max={allowance}
        tone={share >= 1 ? 'bad' : share >= 0.8 ? 'caution' : 'plain'}
      />
    </Figure>
  )
}

function RunsOutFigure({ summary }: { readonly summary: UsageSummary }) {
  const { runsOutAt, pacePerDay, cycle } = summary
  if (runsOutAt !== null) {
    return (
      <Figure
        label="Runs out"
        value={<Time at={runsOutAt} style="day" />}
        note={
          <>
            at this pace; the next credits come <Time at={cycle.endsAt} style="day" />
          </>
        }
      />
    )
  }
  return (
    <Figure
      label="Runs out"
      value={
        <span className={styles.words}>
          {pacePerDay === 0 ? 'Nothing spent yet' : 'Not this month'}
        </span>
      }
      note={
        <>
          the next credits come <Time at={cycle.endsAt} style="day" />
        </>
      }
    />
  )
}

function Figure(props: {
  readonly label: string
  readonly value: ReactNode
  readonly note: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <section className={styles.figure} aria-label={props.label}>
      <h2 className={styles.label}>{props.label}</h2>
      <p className={styles.value}>{props.value}</p>
      {props.children}
      <p className={styles.note}>{props.note}</p>
    </section>
  )
}

/** A pace is an estimate: whole credits say all it knows, and a tenth where it is a few. */
function roundPace(amount: Amount): Amount {
  const step = amount < 10_000 ? 100 : 1_000
  return millicredits(Math.round(amount / step) * step)
}
