/** Measures what came through a door without ever building it as text. */

export const MAXIMUM_DEPTH = 32

export type Measured = { readonly kind: 'fits' | 'too_large' | 'not_plain' }

/**
 * Whether a value is plain JSON data of at most `maximumBytes`, counted roughly as its JSON text.
 * Stops at the first byte too many, so a huge or cyclic value costs no more than a small one. Under
 * Electron a page can send what JSON cannot express (maps, bytes, class instances): that is
 * `not_plain`.
 */
export function measurePlainData(value: unknown, maximumBytes: number): Measured {
  const count = { left: maximumBytes, plain: true }
  visit(value, 0, count)
  if (!count.plain) return { kind: 'not_plain' }
  return { kind: count.left < 0 ? 'too_large' : 'fits' }
}

interface Count {
  left: number
  plain: boolean
}

function visit(value: unknown, depth: number, count: Count): void {
  if (!count.plain || count.left < 0) return
  if (typeof value === 'string') countText(value, count)
  else if (typeof value === 'number' || typeof value === 'boolean' || value == null) count.left -= 5
  else if (typeof value !== 'object' || depth >= MAXIMUM_DEPTH) count.plain = false
  else if (Array.isArray(value)) for (const item of value) visit(item, depth + 1, count)
  else visitObject(value, depth, count)
}

function visitObject(object: object, depth: number, count: Count): void {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) count.plain = false
  else {
    for (const [name, value] of Object.entries(object)) {
      countText(name, count)
      visit(value, depth + 1, count)
    }
  }
}

function countText(text: string, count: Count): void {
  // A text of more characters than bytes are left need not be measured.
  count.left -= text.length > count.left ? text.length : Buffer.byteLength(text, 'utf8') + 3
}
