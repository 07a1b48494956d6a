import type { Timers } from '#shared/ports/time.ts'

/** Waits `delayMs`, or until `signal` aborts; true when the whole time has passed. */
export function sleep(timers: Timers, delayMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const finish = (passed: boolean) => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      resolve(passed)
    }
    const onAbort = () => finish(false)
    const cancel = timers.after(delayMs, () => finish(true))
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
