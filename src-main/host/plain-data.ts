/** Measures what came through a door without ever building it as text. */

export const MAXIMUM_DEPTH = 32

export type Measured = { readonly kind: 'fits' | 'too_large' | 'not_plain' }

/**
 * Whether a value is plain JSON data of at most `maximumBytes`, counted roughly as its JSON text.
 * Stops at the first byte too many, so a huge or cyclic value costs no more than a small one.
 * Under Electron a page can send what JSON has no word for (maps, bytes, functions' results):
 * that is `not_plain`.
 */
export function measurePlainData(value: unknown, maximumBytes: number): Measured {
  let left = maximumBytes
  let plain = true

  function visit(inner: unknown, depth: number): void {
    if (!plain || left < 0) return
    if (typeof inner === 'string') left -= inner.length > left ? left + 1 : utf8Bytes(inner) + 2
    else if (typeof inner === 'number' || typeof inner === 'boolean' || inner == null) left -= 5
    else if (typeof inner !== 'object' || depth >= MAXIMUM_DEPTH) plain = false
    else if (Array.isArray(inner)) for (const item of inner) visit(item, depth + 1)
    else visitObject(inner, depth)
  }

  function visitObject(object: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(object)
    if (prototype !== Object.prototype && prototype !== null) {
      plain = false
      return
    }
    for (const [name, inner] of Object.entries(object)) {
      left -= name.length + 4
      visit(inner, depth + 1)
    }
  }

  visit(value, 0)
  if (!plain) return { kind: 'not_plain' }
  return { kind: left < 0 ? 'too_large' : 'fits' }
}

function utf8Bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}
