/** The results of a studio, newest first, gathered by the run that made them. */

import { useMemo, useState } from 'react'
import type { Studio } from '#shared/credits/studios.ts'
import type { CallOutput } from '#shared/host/calls.ts'
import type { CreationView } from '#shared/host/views.ts'
import { useHostData, type HostData } from '../../state/host.ts'

const PAGE = 24
const MOST = 200

export interface CreationGroup {
  readonly operationId: string
  /** Oldest first: in the order they arrived. */
  readonly creations: readonly CreationView[]
}

/** Groups neighbours of the same run, keeping the order of the list. */
export function groupByRun(creations: readonly CreationView[]): readonly CreationGroup[] {
  const groups: { operationId: string; creations: CreationView[] }[] = []
  for (const creation of creations) {
    const group = groups.at(-1)
    if (group?.operationId === creation.operationId) group.creations.unshift(creation)
    else groups.push({ operationId: creation.operationId, creations: [creation] })
  }
  return groups
}

export interface StudioCreations {
  readonly groups: readonly CreationGroup[]
  readonly source: HostData<CallOutput<'library.page'>>
  /** Shows more of the past; null at its end (older ones are in the Library). */
  readonly more: (() => void) | null
}

export function useCreations(studio: Exclude<Studio, 'chat'>): StudioCreations {
  const [limit, setLimit] = useState(PAGE)
  const source = useHostData('library.page', { studio, limit }, { refreshOn: ['library'] })
  const creations = source.data?.creations
  const groups = useMemo(() => groupByRun(creations ?? []), [creations])
  const hasMore = source.data?.nextBefore != null && limit < MOST
  return {
    groups,
    source,
    more: hasMore ? () => setLimit((now) => Math.min(MOST, now + PAGE)) : null,
  }
}
