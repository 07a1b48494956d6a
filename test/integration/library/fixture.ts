/** A library in a directory of its own, with a clock that moves one second per look. */

import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewCreation } from '../../../src-main/library/creations.ts'
import { type Library, openLibrary } from '../../../src-main/library/library.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Result } from '#shared/result.ts'
import type { RunEnding } from '#shared/host/views.ts'
import { millicredits } from '#shared/credits/amount.ts'

export const START = Date.UTC(2026, 10, 1)

export function steppingClock(): Clock {
  let now = START
  return { now: () => (now += 1_000), monotonic: () => now - START }
}

export function temporaryDirectory(): string {
  return fs.mkdtempSync(join(tmpdir(), 'tallystick-library-'))
}

export function open(directory: string): Library {
  return data(openLibrary(directory, { clock: steppingClock() }))
}

/** The data of a success; a failure fails the test. */
export function data<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.data
}

export function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code
}

/** The same id for the same number. */
export function uuidOf(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
}

export const ending: RunEnding = {
  status: 'settled',
  outcome: 'completed',
  charged: millicredits(14_000),
  elapsedMs: 1_200,
  error: null,
}

export function newCreation(number: number, changes: Partial<NewCreation> = {}): NewCreation {
  return {
    id: uuidOf(number),
    studio: 'image',
    operationId: uuidOf(1_000_000 + number),
    prompt: `A lighthouse at dusk ${number}`,
    modelName: 'practice-image',
    subject: 'Design',
    settings: { shape: 'square', count: 1 },
    file: {
      bytes: Uint8Array.from({ length: 1_000 }, (_, at) => (at * number) % 256),
      mediaType: 'image/png',
      width: 512,
      height: 512,
      durationMs: null,
    },
    ...changes,
  }
}
