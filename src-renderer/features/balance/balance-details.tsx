import { Link } from 'wouter'
import type { BalanceView } from '#shared/host/views.ts'
import { LinkButton } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { creditsInWords, formatTime } from '../../kit/format.ts'
import { SegmentedBar, Swatch } from '../../kit/meter.tsx'
import { PopoverClose } from '../../kit/popover.tsx'
import { Time, useTimeZone } from '../../kit/time.tsx'
import { openPurchasePanel } from '../../state/purchase-panel.ts'
import { balanceMood } from '../../words/balance-mood.ts'
import { balanceSegments } from './buckets.ts'
import styles from './balance-details.module.css'

/** The breakdown: each grant with its expiry, what is held, what was spent, what comes next. */
export function BalanceDetails({ balance }: { readonly balance: BalanceView }) {
  const segments = balanceSegments(balance.buckets)
  return (
    <div className={styles.details}>
      <p className={styles.total}>
        <Credits amount={balance.available} className={styles.figure} />
        <span>to spend now</span>
      </p>
      <SegmentedBar
        label="Credits by grant, in the order they pay"
        segments={[
          ...segments.map((segment) => ({
            key: segment.grantId,
            label: `${segment.label}: ${creditsInWords(segment.available)}`,
            value: segment.available,
            series: segment.series,
          })),
          {
            key: 'held',
            label: `Held: ${creditsInWords(balance.held)}`,
            value: balance.held,
            series: 'held',
          },
        ]}
      />
      <ul className={styles.rows}>
        {segments.map(({ grantId, label, available, expiresAt, series }) => (
          <li key={grantId} className={styles.row}>
            <Swatch series={series} />
            <span className={styles.name}>
              {label}
              <span className={styles.quiet}>
                {expiresAt === null ? (
                  'never expires'
                ) : (
                  <>
                    until <Time at={expiresAt} style="day" />
                  </>
                )}
              </span>
            </span>
            <Credits amount={available} />
          </li>
        ))}
        {balance.held > 0 && (
          <li className={styles.row}>
            <Swatch series="held" />
            <span className={styles.name}>
              Held now
              <span className={styles.quiet}>for what is running</span>
            </span>
            <Credits amount={balance.held} />
          </li>
        )}
      </ul>
      <Cycle balance={balance} />
      <Mood balance={balance} />
      <p className={styles.links}>
        <PopoverClose
          render={<LinkButton onClick={() => openPurchasePanel()}>Get credits</LinkButton>}
        />
        <PopoverClose nativeButton={false} render={<Link href="/billing">Plan & billing</Link>} />
        <PopoverClose nativeButton={false} render={<Link href="/rates">What things cost</Link>} />
      </p>
    </div>
  )
}

function Cycle({ balance }: { readonly balance: BalanceView }) {
  const { nextRefill, elsewhere } = balance
  return (
    <dl className={styles.facts}>
      {elsewhere && (
        <>
          <dt>
            Elsewhere in the team
            <span className={styles.quiet}>
              as of <Time at={elsewhere.asOf} />
            </span>
          </dt>
          <dd>
            <Credits amount={elsewhere.amount} />
          </dd>
        </>
      )}
      <dt>
        Of the plan, spent since <Time at={balance.cycle.startsAt} style="day" />
      </dt>
      <dd>
        <Credits amount={balance.spentThisCycle} />
      </dd>
      {nextRefill && (
        <>
          <dt>
            Refill on <Time at={nextRefill.at} style="day" />
          </dt>
          <dd>
            +<Credits amount={nextRefill.amount} />
          </dd>
        </>
      )}
      <dt>Plan</dt>
      <dd>{balance.planName}</dd>
    </dl>
  )
}

/** Calm words when there is little or nothing left. */
function Mood({ balance }: { readonly balance: BalanceView }) {
  const timeZone = useTimeZone()
  const mood = balanceMood(balance)
  if (mood === 'enough') return null
  const refill = balance.nextRefill
    ? `${creditsInWords(balance.nextRefill.amount)} arrive on ${formatTime(balance.nextRefill.at, timeZone, 'day')}.`
    : ''
  return (
    <p className={styles.mood}>
      {mood === 'none'
        ? 'All credits are used. Everything you made, your history and exports go on working. '
        : 'Credits are running low; shorter replies and smaller pieces still fit. '}
      {refill}
    </p>
  )
}
