/** Where the window was, so that it opens there again. */

import { join } from 'node:path'
import { z } from 'zod'
import { readJsonFile, writeFileAtomic } from '../files/atomic-file.ts'
import type { Log } from '#shared/ports/log.ts'

const placeSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(200),
  height: z.int().min(200),
  maximized: z.boolean(),
})
export type WindowPlace = z.output<typeof placeSchema>

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const MINIMUM_SIZE = { width: 900, height: 600 } as const
export const FIRST_SIZE = { width: 1280, height: 840 } as const
/** How much of the window must be on a screen for the person to be able to move it. */
const GRIP = { width: 200, height: 100 } as const

const fileIn = (dataDirectory: string) => join(dataDirectory, 'window.json')

/** Null when none is kept, it cannot be read, or the screen it was on is gone. */
export function readWindowPlace(
  dataDirectory: string,
  screens: readonly Area[],
): WindowPlace | null {
  try {
    const kept = readJsonFile(fileIn(dataDirectory), placeSchema)
    return kept.state === 'ok' && isReachable(kept.data, screens) ? kept.data : null
  } catch {
    return null
  }
}

export function writeWindowPlace(dataDirectory: string, place: WindowPlace, log: Log): void {
  try {
    writeFileAtomic(fileIn(dataDirectory), JSON.stringify(place))
  } catch (error) {
    log.warn('The window’s place could not be kept', { error })
  }
}

/** Whether the upper edge of the window, by which it is moved, is on some screen. */
export function isReachable(place: Area, screens: readonly Area[]): boolean {
  return screens.some((screen) => {
    const left = Math.max(place.x, screen.x)
    const right = Math.min(place.x + place.width, screen.x + screen.width)
    const fromTop = place.y - screen.y
    return right - left >= GRIP.width && fromTop >= 0 && fromTop <= screen.height - GRIP.height
  })
}
