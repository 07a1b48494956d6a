/**
 * JSON values of like shape through a bit coder: what keys they have once, and every number and
 * string in the column of its place. Knows nothing of what the values mean, so fields that only a
 * newer version knows come through as they are.
 */

import { type BitCoder, createOdds, type Odds } from './bit-coder.ts'
import {
  BrokenRecords,
  copyNumberColumn,
  copyTextColumn,
  copyVocabulary,
  createNumberColumn,
  createTextColumn,
  createValueCoder,
  createVocabulary,
  type NumberColumn,
  type TextColumn,
  type ValueCoder,
  type Vocabulary,
} from './value-coder.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

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
  /** Keys in the order in which they are said, by the keys as they come. */
  readonly orders: Map<string, readonly string[]>
  readonly isNewShape: number
}

interface Shape {
  readonly index: number
  readonly tokens: readonly string[]
  /** By leaf, in order: a place in `numbers`, or −1 − a place in `texts`. */
  readonly columns: readonly number[]
}

const MAX_TOKENS = 8_000
const MAX_SHAPES = 1_000
const MAX_COLUMNS = 1_000
const MAX_DEPTH = 16
/** Elements of a list have columns of their own up to here. */
const OWN_COLUMNS = 3
/** What the numbers of a record depend on most. */
const GROUP = '.body.operation.quote.operation'

/** Said before the rest, because the rest follows from it; other keys in the order of their signs. */
const FIRST_KEYS = ['at', 'type', 'startedAt', 'operation', 'operationId', 'quote', 'ending']

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
      return build(shape, codeLeaves(shape, []))
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

function addShape(model: ContentModel, tokens: readonly string[]): Shape {
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

function tokenColumn(model: ContentModel, before: string): TextColumn {
  return model.texts[textPlace(model, `after ${before}`)] as TextColumn
}

/** Walks the tokens of a shape as a value would be read; throws unless they are one value. */
function walk(tokens: readonly string[], visit: Visitor): void {
  let at = 0
  const value = (path: string) => {
    const token = tokens[at++]
    if (token === '{') {
      const end = visit.object()
      const keys = new Set<string>()
      for (let key = tokens[at++]; key !== '}'; key = tokens[at++]) {
        if (!key?.startsWith('.') || keys.has(key) || key === '.__proto__')
          throw new BrokenRecords('no key')
        keys.add(key)
        visit.key(key.slice(1))
        value(path + key)
      }
      end()
    } else if (token === '[') {
      const end = visit.list()
      for (let index = 0; tokens[at] !== ']'; index++) {
        value(`${path}[${Math.min(index, OWN_COLUMNS)}]`)
      }
      at++
      end()
    } else visit.leaf(token, path)
  }
  value('')
  if (at !== tokens.length) throw new BrokenRecords('more than one value')
}

interface Visitor {
  /** Gives what to do at its end. */
  object(): () => void
  list(): () => void
  key(key: string): void
  leaf(token: string | undefined, path: string): void
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

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['t', true],
  ['f', false],
  ['0', null],
])

function build({ tokens }: Shape, leaves: readonly (number | string)[]): Json {
  let at = 0
  const value = (): Json => {
    const token = tokens[at++] as string
    if (token === 'n' || token === 's') return leaves[next++] as number | string
    if (token === '{') {
      const object: Record<string, Json> = {}
      for (let key = tokens[at++] as string; key !== '}'; key = tokens[at++] as string) {
        object[key.slice(1)] = value()
      }
      return object
    }
    if (token !== '[') return CONSTANTS.get(token) as null | boolean
    const list: Json[] = []
    while (tokens[at] !== ']') list.push(value())
    at++
    return list
  }
  let next = 0
  return value()
}

interface Flat {
  readonly signature: string
  readonly tokens: readonly string[]
  readonly leaves: readonly (number | string)[]
}

function flatten(content: Json, orders: ContentModel['orders']): Flat {
  const tokens: string[] = []
  const leaves: (number | string)[] = []
  addValue(content, tokens, leaves, orders)
  return { signature: tokens.join('\n'), tokens, leaves }
}

function addValue(
  value: Json,
  tokens: string[],
  leaves: (number | string)[],
  orders: ContentModel['orders'],
): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('Not a number that JSON has')
    tokens.push('n')
    leaves.push(value === 0 ? 0 : value)
  } else if (typeof value === 'string') {
    tokens.push('s')
    leaves.push(value)
  } else if (value === null) tokens.push('0')
  else if (typeof value === 'boolean') tokens.push(value ? 't' : 'f')
  else if (isList(value)) {
    tokens.push('[')
    for (const element of value) addValue(element, tokens, leaves, orders)
    tokens.push(']')
  } else {
    tokens.push('{')
    for (const key of keysOf(value, orders)) {
      const part = value[key]
      if (part === undefined) continue
      tokens.push(`.${key}`)
      addValue(part, tokens, leaves, orders)
    }
    tokens.push('}')
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function keysOf(object: JsonObject, orders: ContentModel['orders']): readonly string[] {
  const keys = Object.keys(object)
  if (keys.length < 2) return keys
  const signature = keys.join('\n')
  const known = orders.get(signature)
  if (known) return known
  keys.sort(byPlace)
  if (orders.size < MAX_SHAPES) orders.set(signature, keys)
  return keys
}

function byPlace(left: string, right: string): number {
  const leftPlace = FIRST_KEYS.indexOf(left)
  const rightPlace = FIRST_KEYS.indexOf(right)
  if (leftPlace === rightPlace) return left < right ? -1 : 1
  if (leftPlace < 0) return 1
  return rightPlace < 0 ? -1 : leftPlace - rightPlace
}
