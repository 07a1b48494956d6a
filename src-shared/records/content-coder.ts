/**
 * Codes JSON values of similar shape through a bit coder: their keys once, and every number and
 * string in the column of its place. Knows nothing of what the values mean, so fields only a newer
 * version knows come through unchanged.
 */

import type { BitCoder } from './bit-coder.ts'
import type { NumberColumn, TextColumn } from './columns.ts'
import { addShape, type ContentModel, type Shape, tokenColumn } from './content-model.ts'
import { build, flatten, type Json } from './json-tokens.ts'
import { BrokenRecords } from './number-code.ts'
import { createValueCoder, type ValueCoder } from './value-coder.ts'

const MAX_TOKENS = 8_000
const MAX_DEPTH = 16

/** Bounds on what may come out of one reading. */
export interface Budget {
  characters: number
  leaves: number
}

/** Writes values, or reads as many; reading throws BrokenRecords on what nobody wrote. */
export function createContentCoder(model: ContentModel, coder: BitCoder, budget: Budget) {
  const values = createValueCoder(coder, model.vocabulary, budget)

  return {
    write(content: Json): void {
      const flat = flatten(content, model.orders)
      const shape = codeShape(model, coder, values, flat.signature, flat.tokens)
      takeLeaves(shape)
      codeLeaves(shape, flat.leaves)
    },
    read(): Json {
      const shape = codeShape(model, coder, values, '', [])
      takeLeaves(shape)
      return build(shape.tokens, codeLeaves(shape, []))
    },
  }

  function takeLeaves({ columns }: Shape): void {
    budget.leaves -= columns.length
    if (budget.leaves < 0) throw new BrokenRecords('too much in it')
  }

  function codeLeaves(shape: Shape, leaves: readonly (number | string)[]) {
    values.beginRecord()
    return shape.columns.map((place, at) =>
      place >= 0
        ? values.number(model.numbers[place] as NumberColumn, leaves[at] as number)
        : values.text(model.texts[-1 - place] as TextColumn, (leaves[at] ?? '') as string),
    )
  }
}

function codeShape(
  model: ContentModel,
  coder: BitCoder,
  values: ValueCoder,
  signature: string,
  tokens: readonly string[],
): Shape {
  const known = model.shapes.get(signature)
  values.beginRecord()
  if (coder.bit(model.isNewShape, known ? 0 : 1) === 0) {
    const index = values.number(model.numbers[0] as NumberColumn, known?.index ?? 0)
    const shape = model.shapeList[index]
    if (!shape) throw new BrokenRecords('a shape that never was')
    return shape
  }
  return addShape(model, codeTokens(model, values, tokens))
}

/** Each token is a text in the column of the token before it. */
function codeTokens(model: ContentModel, values: ValueCoder, tokens: readonly string[]) {
  const found: string[] = []
  let [before, depth] = ['', 0]
  do {
    values.beginRecord()
    const token = values.text(tokenColumn(model, before), tokens[found.length] ?? '')
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    found.push(token)
    before = token
    if (found.length > MAX_TOKENS || depth > MAX_DEPTH) throw new BrokenRecords('too large a shape')
  } while (depth > 0)
  return found
}
