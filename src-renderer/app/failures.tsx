import type { FallbackProps } from 'react-error-boundary'
import { Button } from '../kit/button.tsx'
import { EmptyState } from '../kit/empty-state.tsx'
import { wipeCache } from '../cache/cache.ts'

/** One page broke; the frame and the other pages go on. */
export function PageFailure({ resetErrorBoundary }: FallbackProps) {
  return (
    <div role="alert">
      <EmptyState
        title="This page could not be shown"
        text="Your work and your credits are safe: the host keeps them, not the page."
      >
        <Button variant="primary" onClick={resetErrorBoundary}>
          Try again
        </Button>
      </EmptyState>
    </div>
  )
}

/** The window itself broke: empty the disposable cache, in case that is why, and start over. */
export function AppFailure() {
  const startOver = async () => {
    await wipeCache()
    window.location.reload()
  }
  return (
    <main role="alert">
      <EmptyState
        title="The window could not be shown"
        text="Runs go on and your credits are safe: the host keeps them. Reload the window to go on."
      >
        <Button variant="primary" onClick={startOver}>
          Reload
        </Button>
      </EmptyState>
    </main>
  )
}
