import { EmptyState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'

export function LibraryPage() {
  return (
    <Page>
      <EmptyState title="Library" />
    </Page>
  )
}
