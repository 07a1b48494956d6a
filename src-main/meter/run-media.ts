/** An image or voice run: one file after another, each kept before it counts as delivered. */

import type { Delivery } from '#shared/journal/conclusion.ts'
import type { Result } from '#shared/result.ts'
import type { MediaFile, MediaResult } from '../providers/provider.ts'
import type { LiveRun } from './live-run.ts'
import { failed, type RunEnd, STOPPED, type TryAgain } from './run-end.ts'

export interface MediaRun {
  readonly count: number
  make(index: number, signal: AbortSignal): Promise<MediaResult>
  /** Puts a file into the library and returns its id. */
  keep(file: MediaFile): Result<string>
  /** What has been delivered with these files. */
  measure(files: readonly MediaFile[]): Delivery
  readonly tryAgain: TryAgain
}

/** Makes the files into `run` until done, failed or stopped. Never rejects. */
export async function runMedia(run: LiveRun, media: MediaRun): Promise<RunEnd> {
  const files: MediaFile[] = []
  for (let index = 0; index < media.count; index++) {
    const result = await makeFile(run, media, index)
    if (!result || run.stopReason()) return STOPPED
    if (!result.ok) return failed(result.failure)
    const kept = media.keep(result.file)
    if (!kept.ok) return { kind: 'not-kept', error: kept.error }
    files.push(result.file)
    run.deliver(media.measure(files))
    run.flush()
    run.addCreation(kept.data)
  }
  return { kind: 'completed' }
}

/** One file with its retries; null when the run was stopped. */
async function makeFile(run: LiveRun, media: MediaRun, index: number): Promise<MediaResult | null> {
  for (let tried = 1; ; tried++) {
    const result = await orAborted(media.make(index, run.signal), run.signal)
    if (!result || result.ok) return result
    if (!(await media.tryAgain(run, result.failure, tried))) return result
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(null)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
