/** JSON values as tokens, which say their shape, and leaves: the numbers and strings in it. */

import { BrokenRecords } from './number-code.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Elements of a list have columns of their own up to here. */
const OWN_COLUMNS = 3
const MAX_ORDERS = 1_000

/** Said before the rest, because the rest follows from it; other keys in the order of their signs. */
const FIRST_KEYS = ['at', 'type', 'startedAt', 'operation', 'operationId', 'quote', 'ending']

/** Keys in the order in which they are said, by the keys as they come. */
export type KeyOrders = Map<string, readonly string[]>

/** Walks the tokens of a shape as a value would be read; throws unless they are one value. */
export function walk(tokens: readonly string[], visit: Visitor): void {
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

/** Values that are all in their token. */
export const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['t', true],
  ['f', false],
  ['0', null],
])

/** The value that tokens and leaves say. */
export function build(tokens: readonly string[], leaves: readonly (number | string)[]): Json {
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

export interface Flat {
  readonly signature: string
  readonly tokens: readonly string[]
  readonly leaves: readonly (number | string)[]
}

export function flatten(content: Json, orders: KeyOrders): Flat {
  const tokens: string[] = []
  const leaves: (number | string)[] = []
  addValue(content, tokens, leaves, orders)
  return { signature: tokens.join('\n'), tokens, leaves }
}

function addValue(
  value: Json,
  tokens: string[],
  leaves: (number | string)[],
  orders: KeyOrders,
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

function keysOf(object: JsonObject, orders: KeyOrders): readonly string[] {
  const keys = Object.keys(object)
  if (keys.length < 2) return keys
  const signature = keys.join('\n')
  const known = orders.get(signature)
  if (known) return known
  keys.sort(byPlace)
  if (orders.size < MAX_ORDERS) orders.set(signature, keys)
  return keys
}

function byPlace(left: string, right: string): number {
  const leftPlace = FIRST_KEYS.indexOf(left)
  const rightPlace = FIRST_KEYS.indexOf(right)
  if (leftPlace === rightPlace) return left < right ? -1 : 1
  if (leftPlace < 0) return 1
  return rightPlace < 0 ? -1 : leftPlace - rightPlace
}
