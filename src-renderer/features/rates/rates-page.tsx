import { EmptyState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'

export function RatesPage() {
  return (
    <Page>
      <EmptyState title="Rates" />
    </Page>
  )
}
