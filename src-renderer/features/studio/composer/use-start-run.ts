import { useState } from 'react'
import type { RunRequest } from '#shared/host/requests.ts'
import type { QuoteView, RunView } from '#shared/host/views.ts'
import { callHost } from '../../../state/host.ts'
import { nextOperationId } from '../../../state/operation-ids.ts'
import { putRun } from '../../../state/runs-store.ts'

export interface RunStarter {
  /** Gives the run, or null when it did not start; then `problem` says why. */
  readonly start: (request: RunRequest, quote: QuoteView) => Promise<RunView | null>
  /** Takes what was made before, free; null when it is gone, and `problem` says so. */
  readonly reuse: (request: RunRequest) => Promise<RunView | null>
  readonly starting: boolean
  /** In words; `quote_changed` asks to look at the new price and run again. */
  readonly problem: string | null
  readonly clear: () => void
}

/**
 * Starts runs at the price that was shown. The id is made here, so a repeated start is the same
 * run; `onPriceChanged` is called when the host would charge more than was shown.
 */
export function useStartRun(onPriceChanged: () => void): RunStarter {
  const [starting, setStarting] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  const start = async (request: RunRequest, quote: QuoteView): Promise<RunView | null> => {
    setStarting(true)
    setProblem(null)
    const operationId = nextOperationId()
    const result = await callHost('run.start', {
      operationId,
      request,
      acceptedMaximum: quote.promisedMaximum,
    })
    setStarting(false)
    if (result.ok) return put(result.data)
    if (result.error.code === 'quote_changed') {
      setProblem('The price has changed. The new one is shown here; run again to accept it.')
      onPriceChanged()
    } else {
      setProblem(result.error.message)
    }
    return null
  }

  const reuse = async (request: RunRequest): Promise<RunView | null> => {
    setStarting(true)
    setProblem(null)
    const result = await callHost('run.reuse', { operationId: nextOperationId(), request })
    setStarting(false)
    if (result.ok) return put(result.data)
    setProblem(result.error.message)
    onPriceChanged()
    return null
  }
  return { start, reuse, starting, problem, clear: () => setProblem(null) }
}

function put(run: RunView): RunView {
  putRun(run)
  return run
}
