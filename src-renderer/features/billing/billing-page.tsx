import { useEffect, useMemo } from 'react'
import type { BillingView } from '#shared/host/billing.ts'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { BalanceSection } from './balance-section.tsx'
import { BurnDownSection } from './burn-down-section.tsx'
import { CapsSection } from './caps-section.tsx'
import { EarningsSection } from './earnings-section.tsx'
import { FitSection } from './fit-section.tsx'
import { HistorySection } from './history-section.tsx'
import { MonthSection } from './month-section.tsx'
import { OffersSection } from './offers-section.tsx'
import { PastMonths } from './past-months.tsx'
import { PlansSection } from './plans-section.tsx'
import { PromoSection } from './promo-section.tsx'
import { ReportsSection } from './reports-section.tsx'

/** Plan & billing: what there is, what it is used for, and what other terms would mean. */
export function BillingPage() {
  const { data, error, reload } = useHostData('billing.read', {}, { refreshOn: ['balance'] })
  return (
    <Page>
      {data && <Billing billing={data} reload={reload} />}
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading plan and billing" lines={8} height={32} />}
    </Page>
  )
}

interface BillingProps {
  readonly billing: BillingView
  readonly reload: () => void
}

function Billing({ billing, reload }: BillingProps) {
  const rates = useHostData('rates.read', {}).data
  const operationNames = useMemo(
    () => new Map(rates?.operations.map(({ id, name }) => [id, name])),
    [rates],
  )
  useEffect(() => {
    // A link from elsewhere, such as /billing#history: its place is there only now.
    const { hash } = window.location
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView()
  }, [])
  return (
    <>
      <BalanceSection billing={billing} operationNames={operationNames} />
      <MonthSection billing={billing} />
      <BurnDownSection />
      <PlansSection billing={billing} reload={reload} />
      <FitSection billing={billing} />
      <CapsSection operationNames={operationNames} />
      <OffersSection billing={billing} operationNames={operationNames} reload={reload} />
      <PromoSection />
      <HistorySection />
      <ReportsSection />
      <EarningsSection />
      <PastMonths billing={billing} />
    </>
  )
}
