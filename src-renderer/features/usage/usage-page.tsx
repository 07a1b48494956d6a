import { EmptyState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'

export function UsagePage() {
  return (
    <Page>
      <EmptyState title="Usage" />
    </Page>
  )
}
