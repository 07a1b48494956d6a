const STEPS = [1, 2, 5] as const
const WANTED_TICKS = 4

/**
 * Round whole numbers from zero to at least `top`, about four steps; a single zero when there is
 * nothing to show. For amounts they are millicredits.
 */
export function niceTicks(top: number): readonly number[] {
  if (top <= 0) return [0]
  let scale = 1
  for (;;) {
    for (const each of STEPS) {
      const step = each * scale
      if (step * WANTED_TICKS < top) continue
      const count = Math.ceil(top / step)
      return Array.from({ length: count + 1 }, (_, index) => index * step)
    }
    scale *= 10
  }
}
