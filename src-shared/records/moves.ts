/** What records say about credits, whatever their type. */

import { z } from 'zod'
import { MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { RecordBody } from './record.ts'

export interface Moves {
  readonly spent: readonly Draw[]
  readonly returned: readonly Draw[]
  readonly expired: readonly Draw[]
}

const NONE: readonly Draw[] = []

const draws = z
  .array(
    z.strictObject({
      grantId: z.string().min(1).max(200),
      amount: z.int().min(1).max(MAX_AMOUNT).transform(millicredits),
    }),
  )
  .max(1_000)

/**
 * What a record of a type unknown to older versions moved. Nothing else in it moves credits, so
 * they can account for it, keep it and forward it.
 */
const moves = z.strictObject({
  spent: draws.optional(),
  returned: draws.optional(),
  expired: draws.optional(),
})

/** The moves of an unknown type; null if they are invalid. */
export function movesOfNewer(content: Readonly<Record<string, unknown>>): Moves | null {
  const said = content['moves']
  if (said === undefined) return { spent: NONE, returned: NONE, expired: NONE }
  const read = moves.safeParse(said)
  if (!read.success) return null
  const { spent = NONE, returned = NONE, expired = NONE } = read.data
  return { spent, returned, expired }
}

export function movesOf(body: RecordBody): Moves {
  const nothing = { spent: NONE, returned: NONE, expired: NONE }
  switch (body.type) {
    case 'usage':
      return { spent: body.draws, returned: NONE, expired: body.expired }
    case 'return':
      return { ...nothing, returned: body.draws }
    case 'expire':
      return { ...nothing, expired: body.draws }
    case 'label':
      return nothing
    case 'newer':
      return movesOfNewer(body.content) ?? nothing
  }
}
