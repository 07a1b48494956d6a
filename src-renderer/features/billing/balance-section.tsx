import { addCredits, type Credits as Amount } from '#shared/credits/amount.ts'
import { isInForce, isRolledOver } from '#shared/credits/grant.ts'
import type { BillingView } from '#shared/host/billing.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { SegmentedBar, Swatch } from '../../kit/meter.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { seriesAt } from '../../kit/series.ts'
import { CellTitle, Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { openPurchasePanel } from '../../state/purchase-panel.ts'
import { grantRemarks, sourceName } from '../../words/grant-words.ts'
import styles from './billing.module.css'

interface BalanceSectionProps {
  readonly billing: BillingView
  readonly operationNames: ReadonlyMap<string, string>
}

/** What can be spent, bucket by bucket, in the order they pay. */
export function BalanceSection({ billing, operationNames }: BalanceSectionProps) {
  const { available, overage } = billing
  const buckets = billing.buckets
    .filter(({ grant }) => grant.source !== 'overage')
    .map((bucket, index) => ({ ...bucket, series: seriesAt(index) }))
  const inForce = buckets.filter(({ grant }) => isInForce(grant, billing.now))
  return (
    <Section
      title="Your credits"
      text={
        <>
          {billing.plan.name} plan. {refillText(billing)}
        </>
      }
      actions={
        <Button variant="primary" onClick={() => openPurchasePanel()}>
          Get more
        </Button>
      }
    >
      <p className={styles.total}>
        <Credits amount={available} className={styles.figure} />
        <span>to spend now</span>
      </p>
      <SegmentedBar
        label="Credits by grant, in the order they pay"
        segments={inForce.map(({ grant, available: left, series }) => ({
          key: grant.id,
          label: `${grant.label}: ${creditsInWords(left)}`,
          value: left,
          series,
        }))}
      />
      <Table framed aria-label="Balance by bucket">
        <TableHead
          columns={[
            'Bucket',
            'Good until',
            { numeric: 'Granted' },
            { numeric: 'Spent' },
            { numeric: 'Left' },
          ]}
        />
        <tbody>
          {buckets.map((bucket) => (
            <BucketRow
              key={bucket.grant.id}
              bucket={bucket}
              series={bucket.series}
              billing={billing}
              operationNames={operationNames}
            />
          ))}
          {overage && <OverageRow used={overage.used} limit={overage.limit} billing={billing} />}
        </tbody>
      </Table>
    </Section>
  )
}

function refillText({ nextRefill }: BillingView) {
  if (!nextRefill) return 'Nothing more comes by itself.'
  return (
    <>
      {creditsInWords(nextRefill.amount)} come on <Time at={nextRefill.at} style="day-year" />.
    </>
  )
}

interface BucketRowProps extends BalanceSectionProps {
  readonly bucket: BucketBalance
  readonly series: number
}

function BucketRow({ bucket, series, billing, operationNames }: BucketRowProps) {
  const { grant, available, held, spent } = bucket
  const remarks = grantRemarks(grant, billing.now, operationNames)
  return (
    <tr>
      <Td wide>
        <CellTitle mark={<Swatch series={series} />} title={grant.label}>
          <Badge>{sourceName(grant.source)}</Badge>
        </CellTitle>
        {remarks.length > 0 && <Note>{remarks.join(' · ')}</Note>}
      </Td>
      <Td>
        {grant.expiresAt === null ? (
          'Does not expire'
        ) : (
          <>
            <Time at={grant.expiresAt} style="day-year" />
            {renews(bucket, billing) && <Note>{renewalText(grant.expiresAt, billing)}</Note>}
          </>
        )}
      </Td>
      <Td numeric>
        <Credits amount={grant.amount} />
      </Td>
      <Td numeric>
        <Credits amount={spent} />
      </Td>
      <Td numeric>
        <Credits amount={addCredits(available, held)} />
        {held > 0 && <Note>{creditsInWords(held)} held</Note>}
      </Td>
    </tr>
  )
}

/** What rolls over still lasts when the next cycle brings the same anew. */
function renewalText(endsAt: number, { nextRefill }: BillingView) {
  if (!nextRefill || nextRefill.at === endsAt) return 'then renews'
  return (
    <>
      renews <Time at={nextRefill.at} style="day-year" />
    </>
  )
}

/** Whether the same comes again when this ends: the present plan's credits do, and add-ons. */
function renews({ grant }: BucketBalance, { buckets, plan, scheduled, now }: BillingView): boolean {
  if (isRolledOver(grant, now)) return false
  if (grant.source === 'add-on') return grant.cycle !== undefined
  if (grant.source !== 'plan' || (scheduled && scheduled.planId !== plan.id)) return false
  // After a change within the month there are several: the last one is of the present plan.
  const ofPlan = buckets.filter((bucket) => bucket.grant.source === 'plan')
  return ofPlan.every((other) => other.grant.effectiveAt <= grant.effectiveAt)
}

function OverageRow(props: {
  readonly used: Amount
  readonly limit: Amount
  readonly billing: BillingView
}) {
  const { used, limit, billing } = props
  return (
    <tr>
      <Td wide>
        <CellTitle title="Overage">
          <Badge tone={used > 0 ? 'caution' : 'plain'}>To be invoiced</Badge>
        </CellTitle>
        <Note>
          {used > 0
            ? `${creditsInWords(used)} beyond your balance will be on the invoice of this month`
            : `Nothing so far. When the balance is used up, runs go on, up to ${creditsInWords(limit)} a month`}
        </Note>
      </Td>
      <Td>
        <Time at={billing.cycle.endsAt} style="day-year" />
      </Td>
      <Td numeric>
        <Credits amount={limit} />
      </Td>
      <Td numeric>
        <Credits amount={used} />
      </Td>
      <Td numeric>–</Td>
    </tr>
  )
}
