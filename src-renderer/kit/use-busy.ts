import { useState } from 'react'

/** Whether work that the person asked for goes on, and what to wrap that work in. */
export function useBusy(): readonly [boolean, <T>(work: T | Promise<T>) => Promise<T>] {
  const [busy, setBusy] = useState(false)
  const whileBusy = async <T>(work: T | Promise<T>) => {
    setBusy(true)
    try {
      return await work
    } finally {
      setBusy(false)
    }
  }
  return [busy, whileBusy]
}
