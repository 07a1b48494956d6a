import { useHostData } from '../../state/host.ts'
import { useSettings } from '../../state/app-store.ts'

const NONE: readonly string[] = []

/** Subjects to offer: the person's own, then those the catalog suggests. */
export function useSubjects(): readonly string[] {
  const { subjects: own } = useSettings()
  const rates = useHostData('rates.read', {})
  return [...new Set([...own, ...(rates.data?.subjects ?? NONE)])]
}
