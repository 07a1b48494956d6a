import { useEffect, useRef, useState } from 'react'
import type { Credits } from '#shared/credits/amount.ts'
import { tween, TWEEN_MS } from './tween.ts'

const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Follows an amount smoothly; at once when the system asks for less motion. */
export function useTweened(amount: Credits): Credits {
  const [shown, setShown] = useState(amount)
  const current = useRef(amount)
  useEffect(() => {
    const from = current.current
    const begun = performance.now()
    let frame = 0
    const show = (value: Credits) => {
      current.current = value
      setShown(value)
    }
    const step = (now: number) => {
      const elapsed = prefersStillness() || document.hidden ? TWEEN_MS : now - begun
      show(tween(from, amount, elapsed))
      if (elapsed < TWEEN_MS) frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
    // A hidden window paints no frames; the number must be right all the same.
    const last = setTimeout(() => show(amount), TWEEN_MS + 50)
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(last)
    }
  }, [amount])
  return shown
}
