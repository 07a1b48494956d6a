/** Where credits are bought: this app itself while it stands alone, otherwise its team's server. */

import type { Result } from '#shared/result.ts'
import type { BuyingCallName, BuyingOutput, BuyingParsed } from '#shared/team/buying.ts'

/** Every call of buying, whoever answers it. */
export type Shop = {
  readonly [Name in BuyingCallName]: (
    input: BuyingParsed<Name>,
  ) => Promise<Result<BuyingOutput<Name>>>
}
