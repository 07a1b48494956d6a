import { useEffect, useRef, useState } from 'react'
import type { RunRequest } from '#shared/host/requests.ts'
import type { HostError } from '#shared/host/result.ts'
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

  // What was made before comes and goes with the library.
  useEffect(
    () =>
      onHostEvent(({ type }) => {
        if (type === 'library' || type === 'threads') setAsked((count) => count + 1)
      }),
    [],
  )

  return {
    quote: answer?.quote ?? null,
    current: answer !== null && answer.key === key && answer.error === null,
    error: answer?.key === key ? answer.error : null,
    refresh: () => setAsked((count) => count + 1),
  }
}
