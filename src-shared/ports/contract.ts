/** How a contract between two sides is written: each call's name, input schema and output type. */

import type { z } from 'zod'

declare const outputType: unique symbol

export interface CallDefinition<Input extends z.ZodType, Output> {
  readonly input: Input
  readonly [outputType]?: Output
}

/** Declares a call: `call<Output>()(inputSchema)`. */
export function call<Output>() {
  return <Input extends z.ZodType>(input: Input): CallDefinition<Input, Output> => ({ input })
}

/** What a call of a contract gives. */
export type OutputOf<Definition> =
  Definition extends CallDefinition<z.ZodType, infer Output> ? Output : never
