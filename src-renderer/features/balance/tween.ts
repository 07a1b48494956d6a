/** How the shown balance moves to a new one: straight, within 150 ms, exact at its end. */

import { type Credits, MILLICREDITS_PER_CREDIT, millicredits } from '#shared/credits/amount.ts'

export const TWEEN_MS = 150

/**
 * The amount to show `elapsed` ms after the balance changed from `from` to `to`. It only ever
 * moves towards `to`, in whole credits where both ends are whole, so digits do not jitter.
 */
export function tween(from: Credits, to: Credits, elapsed: number): Credits {
  if (elapsed >= TWEEN_MS || from === to) return to
  const share = Math.max(0, elapsed) / TWEEN_MS
  const eased = 1 - (1 - share) ** 2
  const whole = from % MILLICREDITS_PER_CREDIT === 0 && to % MILLICREDITS_PER_CREDIT === 0
  const step = whole ? MILLICREDITS_PER_CREDIT : MILLICREDITS_PER_CREDIT / 10
  const between = Math.round((from + (to - from) * eased) / step) * step
  return millicredits(to > from ? Math.min(between, to) : Math.max(between, to))
}
