import { Link } from 'wouter'
import type { BillingView } from '#shared/host/billing.ts'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { formatCount } from '../../kit/format.ts'
import { Meter } from '../../kit/meter.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import styles from './billing.module.css'

const TOP = 5

/** This month's use against the plan's limit, and what it went to. */
export function MonthSection({ billing }: { readonly billing: BillingView }) {
  const { cycle } = billing
  const summary = useHostData('usage.summary', {}, { refreshOn: ['usage', 'balance'] })
  const groups = useHostData(
    'usage.groups',
    { filter: { from: cycle.startsAt }, by: 'operation' },
    { refreshOn: ['usage'] },
  )
  const error = summary.error ?? groups.error
  return (
    <Section
      title="This month"
      text={
        <>
          Since <Time at={cycle.startsAt} style="day" />; it ends on{' '}
          <Time at={cycle.endsAt} style="day" />.
        </>
      }
      actions={<Link href="/usage">All usage</Link>}
    >
      {error && (!summary.data || !groups.data) && (
        <ErrorState
          error={error}
          onRetry={() => {
            summary.reload()
            groups.reload()
          }}
        />
      )}
      {!error && (!summary.data || !groups.data) && (
        <Skeleton label="Loading this month" lines={3} height={24} />
      )}
      {summary.data && <Spent {...summary.data} />}
      {groups.data && <TopOperations groups={groups.data.slice(0, TOP)} all={groups.data.length} />}
    </Section>
  )
}

function Spent(props: Pick<BillingView, 'allowance'> & { readonly spentThisCycle: number }) {
  const { allowance, spentThisCycle: spent } = props
  const share = allowance === 0 ? 1 : spent / allowance
  return (
    <div className={styles.limit}>
      <p>
        <strong>
          <Credits amount={spent as BillingView['allowance']} />
        </strong>{' '}
        of the plan’s <Credits amount={allowance} /> spent
      </p>
      <Meter
        label="Spent of the plan’s credits this month"
        value={Math.min(spent, allowance)}
        max={allowance}
        tone={share >= 1 ? 'bad' : share >= 0.8 ? 'caution' : 'plain'}
      />
    </div>
  )
}

interface TopOperationsProps {
  readonly groups: readonly {
    readonly key: string
    readonly label: string
    readonly operations: number
    readonly charged: BillingView['allowance']
  }[]
  readonly all: number
}

function TopOperations({ groups, all }: TopOperationsProps) {
  if (groups.length === 0) {
    return <Note>Nothing has been run this month yet.</Note>
  }
  return (
    <Table framed aria-label="What used most this month">
      <TableHead
        columns={[
          all > TOP ? `The ${TOP} that used most` : 'Operation',
          { numeric: 'Runs' },
          { numeric: 'Credits' },
        ]}
      />
      <tbody>
        {groups.map(({ key, label, operations, charged }) => (
          <tr key={key}>
            <Td wide>{label}</Td>
            <Td numeric>{formatCount(operations)}</Td>
            <Td numeric>
              <Credits amount={charged} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
