import { useCallback, useEffect, useRef, useState } from 'react'
import type { HostEvent } from '#shared/host/events.ts'
import type { RunRequest } from '#shared/host/requests.ts'
import type { HostError } from '#shared/result.ts'
import type { QuoteView } from '#shared/host/views.ts'
import { useBalanceStore } from '../../../state/balance-store.ts'
import { useAppStore } from '../../../state/app-store.ts'
import { callHost, onHostEvent } from '../../../state/host.ts'

const DEBOUNCE_MS = 80

export interface LiveQuote {
  /** The last quote: the one before stays in view while the next is asked, so nothing jumps. */
  readonly quote: QuoteView | null
  /** True when `quote` is for exactly the request as it is now. */
  readonly current: boolean
  readonly error: HostError | null
}

/** Prices a request as it is being made. Late answers to earlier requests are dropped. */
export function useQuote(request: RunRequest | null): LiveQuote & { readonly refresh: () => void } {
  const available = useBalanceStore(({ balance }) => balance?.available ?? null)
  const catalog = useAppStore(({ app }) => app?.catalogVersion)
  const connected = useAppStore((state) => state.connected)
  const key = request ? JSON.stringify(request) : null
  const [asked, setAsked] = useState(0)
  const [answer, setAnswer] = useState<{
    readonly key: string
    readonly quote: QuoteView | null
    readonly error: HostError | null
  } | null>(null)
  const latest = useRef(0)
  const refresh = useCallback(() => setAsked((count) => count + 1), [])

  useEffect(() => {
    const turn = ++latest.current
    if (key === null || !connected) return undefined
    const timer = setTimeout(() => {
      void callHost('quote.read', { request: JSON.parse(key) as RunRequest }).then((result) => {
        if (turn !== latest.current) return
        setAnswer((before) =>
          result.ok
            ? { key, quote: result.data, error: null }
            : { key, quote: before?.quote ?? null, error: result.error },
        )
      })
    }, DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [key, available, catalog, connected, asked])

  const waitsForTeam = answer?.quote?.affordability.kind === 'with-team'
  useEffect(
    () =>
      onHostEvent(({ type }) => {
        if (REFRESHING.has(type) || (waitsForTeam && type === 'sync')) refresh()
      }),
    [refresh, waitsForTeam],
  )
  useRefreshWhenFree(answer?.quote ?? null, refresh)

  return {
    quote: answer?.quote ?? null,
    current: answer !== null && answer.key === key && answer.error === null,
    error: answer?.key === key ? answer.error : null,
    refresh,
  }
}

/** What was made before comes and goes with the library; policies decide what may run. */
const REFRESHING: ReadonlySet<HostEvent['type']> = new Set(['library', 'threads', 'policies'])

/** A timer cannot wait longer than this; it then looks again. */
const LONGEST_WAIT_MS = 6 * 60 * 60_000

/** Asks again when the window of a cap has moved on: no event tells of that. */
function useRefreshWhenFree(quote: QuoteView | null, refresh: () => void): void {
  useEffect(() => {
    const affordability = quote?.affordability
    if (affordability?.kind !== 'capped' || affordability.cap.resetsAt === null) return undefined
    const wait = affordability.cap.resetsAt - Date.now()
    const timer = setTimeout(refresh, Math.min(LONGEST_WAIT_MS, Math.max(1_000, wait)))
    return () => clearTimeout(timer)
  }, [quote, refresh])
}
