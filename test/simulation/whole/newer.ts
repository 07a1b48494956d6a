/** Versions that differ: what a newer one says beyond what this one knows. */

import type { Frame } from '#shared/sync/frames.ts'
import type { Entry, OperationFacts } from '#shared/journal/journal.ts'
import { type OpenRuns, recordBody } from '#shared/records/of-journal.ts'
import type { DeviceRecord, RecordBody } from '#shared/records/record.ts'
import { OLDEST_PROTOCOL, PROTOCOL } from '#shared/sync/protocol.ts'
import { sha256 } from '../../../src-main/ports/sha256.ts'
import type { Chance } from '../chance.ts'

export interface Version {
  readonly app: string
  readonly speaks: { readonly protocol: number; readonly oldest: number }
  readonly isNewer: boolean
}

export const OURS: Version = {
  ...{ app: '1.0.0', isNewer: false },
  speaks: { protocol: PROTOCOL, oldest: OLDEST_PROTOCOL },
}

/** Speaks this version's protocol, too. */
const NEWER: Version = {
  ...{ app: '2.0.0', isNewer: true },
  speaks: { protocol: PROTOCOL + 1, oldest: OLDEST_PROTOCOL },
}

/** Does so no longer: it works on from its lease until its server is newer, too. */
const TOO_NEW: Version = {
  ...{ app: '3.0.0', isNewer: true },
  speaks: { protocol: PROTOCOL + 2, oldest: PROTOCOL + 1 },
}

export function anyVersion(chance: Chance): Version {
  const which = chance.weighted({ ours: 60, newer: 35, tooNew: 5 })
  return { ours: OURS, newer: NEWER, tooNew: TOO_NEW }[which]
}

/** When servers are as new, nobody is too new for them. */
export const afterUpdate = (version: Version) => (version === TOO_NEW ? NEWER : version)

/**
 * How a newer version tells some of its runs: by a type that nobody here knows. It follows from the
 * entry alone, so whichever version reads the ledger again tells the same.
 */
export function newerBody(entry: Entry, runs: OpenRuns): RecordBody | null {
  const body = recordBody(entry, runs)
  if (body?.type !== 'usage' || !('mood' in body.operation)) return body
  const { draws: spent, expired, ...rest } = body
  if (!isTuned(body.operation.operationId)) return body
  const moves = {
    ...(spent.length > 0 ? { spent } : {}),
    ...(expired.length > 0 ? { expired } : {}),
  }
  return { type: 'newer', content: { ...rest, type: 'performance', moves } }
}

const isTuned = (operationId: string) => /[02468ace]$/.test(sha256(operationId))

/** The run that a record is of, whichever version told it. */
export function operationIdOf({ body }: Pick<DeviceRecord, 'body'>): string | null {
  if (body.type === 'usage') return body.operation.operationId
  if (body.type !== 'newer') return null
  return (body.content['operation'] as OperationFacts).operationId
}

/** What a newer sender makes of a frame: fields and messages that nobody here knows. */
export function newerFrames(frame: Frame, chance: Chance): readonly Frame[] {
  if (typeof frame !== 'string') return [frame]
  const message = JSON.parse(frame) as { readonly type: string }
  const more = JSON.stringify({ ...message, tone: { kind: 'warm', shades: [1, 2, 3] } })
  const isGreeting = message.type === 'hello' || message.type === 'welcome'
  if (isGreeting || !chance.is(10)) return [more]
  return [JSON.stringify({ type: 'praise', for: 'everybody' }), more]
}
