import { type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'

const STEPS = [1, 2, 5] as const
const WANTED_TICKS = 4

/** Round values from zero to at least `top`, about four of them; a single zero when there is none. */
export function niceTicks(top: Credits): readonly Credits[] {
  if (top <= 0) return [ZERO]
  let scale = 1
  for (;;) {
    for (const each of STEPS) {
      const step = each * scale
      if (step * WANTED_TICKS < top) continue
      const count = Math.ceil(top / step)
      return Array.from({ length: count + 1 }, (_, index) => millicredits(index * step))
    }
    scale *= 10
  }
}
