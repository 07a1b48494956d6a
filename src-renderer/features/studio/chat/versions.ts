/** Moving between the versions of a message that edits and regenerations made. */

import type { MessageView } from '#shared/host/views.ts'

export interface VersionSwitch {
  /** From 1. */
  readonly current: number
  readonly total: number
  /** Ids of the neighbours; null at either end. */
  readonly previous: string | null
  readonly next: string | null
}

/** Null when there is only one version. */
export function versionSwitch(message: Pick<MessageView, 'id' | 'versions'>): VersionSwitch | null {
  const { id, versions } = message
  const at = versions.indexOf(id)
  if (versions.length < 2 || at < 0) return null
  return {
    current: at + 1,
    total: versions.length,
    previous: versions[at - 1] ?? null,
    next: versions[at + 1] ?? null,
  }
}
