/** What is learnt from the values of a batch: their shapes, and a column for each place in them. */

import { createOdds, type Odds } from './bit-coder.ts'
import {
  copyNumberColumn,
  copyTextColumn,
  copyVocabulary,
  createNumberColumn,
  createTextColumn,
  createVocabulary,
  type NumberColumn,
  type TextColumn,
  type Vocabulary,
} from './columns.ts'
import { CONSTANTS, type KeyOrders, walk } from './json-tokens.ts'
import { BrokenRecords } from './number-code.ts'

/** What was learnt from all values so far; both sides learn the same. */
export interface ContentModel {
  readonly odds: Odds
  readonly vocabulary: Vocabulary
  readonly shapes: Map<string, Shape>
  readonly shapeList: Shape[]
  readonly numbers: NumberColumn[]
  readonly texts: TextColumn[]
  /** Places in `numbers` and `texts` by path. */
  readonly numberPlaces: Map<string, number>
  readonly textPlaces: Map<string, number>
  readonly orders: KeyOrders
  readonly isNewShape: number
}

export interface Shape {
  readonly index: number
  readonly tokens: readonly string[]
  /** By leaf, in order: a place in `numbers`, or −1 − a place in `texts`. */
  readonly columns: readonly number[]
}

const MAX_SHAPES = 1_000
const MAX_COLUMNS = 1_000
/** What the numbers of a record depend on most. */
const GROUP = '.body.operation.quote.operation'

export function createContentModel(): ContentModel {
  const odds = createOdds()
  return {
    odds,
    vocabulary: createVocabulary(odds),
    shapes: new Map(),
    shapeList: [],
    // The first is the number of the shape.
    numbers: [createNumberColumn(odds, 0)],
    texts: [],
    numberPlaces: new Map(),
    textPlaces: new Map(),
    orders: new Map(),
    isNewShape: odds.allot(1),
  }
}

/** A model that goes on from there by itself. */
export function copyContentModel(model: ContentModel): ContentModel {
  const odds = model.odds.copy()
  return {
    odds,
    vocabulary: copyVocabulary(model.vocabulary, odds),
    shapes: new Map(model.shapes),
    shapeList: [...model.shapeList],
    numbers: model.numbers.map(copyNumberColumn),
    texts: model.texts.map(copyTextColumn),
    numberPlaces: new Map(model.numberPlaces),
    textPlaces: new Map(model.textPlaces),
    orders: new Map(model.orders),
    isNewShape: model.isNewShape,
  }
}

/** One more shape; throws where it is none or not new. */
export function addShape(model: ContentModel, tokens: readonly string[]): Shape {
  const signature = tokens.join('\n')
  if (model.shapes.has(signature)) throw new BrokenRecords('a shape came as new twice')
  if (model.shapeList.length === MAX_SHAPES) throw new BrokenRecords('too many shapes')
  const shape = { index: model.shapeList.length, tokens, columns: columnsOf(model, tokens) }
  model.shapes.set(signature, shape)
  model.shapeList.push(shape)
  return shape
}

function numberPlace(model: ContentModel, path: string): number {
  const known = model.numberPlaces.get(path)
  if (known !== undefined) return known
  const place = model.numbers.length
  if (place === MAX_COLUMNS) throw new BrokenRecords('too many columns')
  model.numbers.push(createNumberColumn(model.odds, place))
  model.numberPlaces.set(path, place)
  return place
}

function textPlace(model: ContentModel, path: string): number {
  const known = model.textPlaces.get(path)
  if (known !== undefined) return known
  const place = model.texts.length
  if (place === MAX_COLUMNS) throw new BrokenRecords('too many columns')
  model.texts.push(createTextColumn(model.odds, place, path === GROUP))
  model.textPlaces.set(path, place)
  return place
}

/** Of the tokens that come after another. */
export function tokenColumn(model: ContentModel, before: string): TextColumn {
  return model.texts[textPlace(model, `after ${before}`)] as TextColumn
}

const nothing = () => undefined

function columnsOf(model: ContentModel, tokens: readonly string[]): Shape['columns'] {
  const columns: number[] = []
  walk(tokens, {
    object: () => nothing,
    list: () => nothing,
    key: nothing,
    leaf(token, path) {
      if (token === 'n') columns.push(numberPlace(model, path))
      else if (token === 's') columns.push(-1 - textPlace(model, path))
      else if (token === undefined || !CONSTANTS.has(token)) throw new BrokenRecords('no value')
    },
  })
  return columns
}
