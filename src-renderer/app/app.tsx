import { useEffect } from 'react'
import { ErrorBoundary } from 'react-error-boundary'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { useLocation } from 'wouter'
import { CANNOT_START } from '#shared/host/bridge.ts'
import { useAppStore, useLedgerStatus, useSettings } from '../state/app-store.ts'
import { openApp } from '../state/start.ts'
import { ErrorState } from '../kit/empty-state.tsx'
import { NoticesHost } from '../kit/notices.tsx'
import { fetchWhileIdle } from '../kit/on-demand.tsx'
import { TimeZoneContext } from '../kit/time.tsx'
import { TooltipProvider } from '../kit/tooltip.tsx'
import { GetCreditsDialog } from '../features/purchase/get-credits-dialog.tsx'
import { ChargeDialog } from '../features/usage/charge-dialog.tsx'
import { AppFailure, PageFailure } from './failures.tsx'
import { Frame } from './frame/frame.tsx'
import { InsteadOfWindow } from './instead-of-window.tsx'
import { LedgerUnavailable } from './ledger-unavailable.tsx'
import { Palette } from './palette/palette.tsx'
import { Routes } from './routes.tsx'
import { useShortcuts } from './shortcuts.ts'
import { useTheme } from './theme.ts'
import { useStartingPage } from './starting-page.ts'

/** The whole window: what surrounds the pages, and what replaces them when the ledger is shut. */
export function App() {
  const { timeZone } = useSettings()
  useTheme()
  return (
    <ErrorBoundary FallbackComponent={AppFailure}>
      <CSPProvider disableStyleElements>
        <TimeZoneContext value={timeZone}>
          <TooltipProvider>
            <NoticesHost>
              <Window />
            </NoticesHost>
          </TooltipProvider>
        </TimeZoneContext>
      </CSPProvider>
    </ErrorBoundary>
  )
}

function Window() {
  const [path] = useLocation()
  const ledger = useLedgerStatus()
  const fresh = useAppStore((state) => state.fresh)
  const error = useAppStore((state) => state.error)
  const failed = useAppStore(({ app, connected }) => (app || !connected ? null : error))
  useStartingPage()
  useShortcuts()
  useEffect(() => {
    document.documentElement.dataset['ready'] = String(fresh)
    if (fresh) fetchWhileIdle()
  }, [fresh])
  if (error?.code === CANNOT_START) {
    return (
      <InsteadOfWindow
        title="Tallystick cannot start"
        message={error.message}
        calm="Until it starts, nothing can be run, and nothing is charged. It opens a new window then; this one can be closed."
      />
    )
  }
  if (ledger?.state === 'unavailable') return <LedgerUnavailable status={ledger} />
  if (failed) {
    return (
      <main>
        <ErrorState error={failed} onRetry={() => void openApp()} />
      </main>
    )
  }
  return (
    <>
      <Frame>
        <ErrorBoundary FallbackComponent={PageFailure} resetKeys={[path]}>
          <Routes />
        </ErrorBoundary>
      </Frame>
      <Palette />
      <ChargeDialog />
      <GetCreditsDialog />
    </>
  )
}
