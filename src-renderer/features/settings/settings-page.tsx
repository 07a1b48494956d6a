import { EmptyState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'

export function SettingsPage() {
  return (
    <Page>
      <EmptyState title="Settings" />
    </Page>
  )
}
