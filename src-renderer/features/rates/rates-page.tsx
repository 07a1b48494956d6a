import { useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { RatesView } from '#shared/host/views.ts'
import { ButtonLink } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { Calculator } from './calculator-panel.tsx'
import { CatalogNews } from './catalog-news.tsx'
import { PlansAndPacks } from './plans-and-packs.tsx'
import { RateTable } from './rate-table.tsx'

/** Rates: what each operation costs, a calculator, and the plans and packs of the catalog. */
export function RatesPage() {
  const { data, error, reload } = useHostData('rates.read', {}, { refreshOn: ['catalog'] })
  return (
    <Page>
      {data && <Rates rates={data} />}
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading rates" lines={8} height={32} />}
    </Page>
  )
}

function Rates({ rates }: { readonly rates: RatesView }) {
  const [chosen, choose] = useChosenOperation(rates)
  return (
    <>
      <Section
        title="Calculator"
        text="What one run would cost. Before every run you see the same calculation for your own words."
      >
        {chosen && (
          <Calculator
            key={chosen.id}
            rate={chosen}
            operations={rates.operations}
            onChoose={choose}
          />
        )}
      </Section>
      <Section
        title="What each operation costs"
        text={`In credits. Catalog ${rates.catalogName}, version ${rates.catalogVersion}.`}
        actions={<ButtonLink href="/catalog">Edit the catalog</ButtonLink>}
      >
        <RateTable operations={rates.operations} chosenId={chosen?.id ?? null} onChoose={choose} />
      </Section>
      <PlansAndPacks rates={rates} />
      <CatalogNews />
    </>
  )
}

/** The operation the calculator shows; it is in the address (`?operation=speech`). */
function useChosenOperation({ operations }: RatesView) {
  const search = useSearch()
  const [, navigate] = useLocation()
  const wanted = new URLSearchParams(search).get('operation')
  // Begins with the least dear text: what most people try first.
  const [first] = useMemo(
    () =>
      operations.toSorted(
        (left, right) =>
          Number(right.kind === 'text') - Number(left.kind === 'text') ||
          left.minimum - right.minimum,
      ),
    [operations],
  )
  const chosen = operations.find(({ id }) => id === wanted) ?? first
  const choose = (id: string) =>
    navigate(`/rates?operation=${encodeURIComponent(id)}`, { replace: true })
  return [chosen, choose] as const
}
