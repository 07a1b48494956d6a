/** The practice model's tokens: a word with the space before it, a run of spaces, or a sign repeated. */

const TOKEN = / ?[\p{L}\p{N}]{1,12}|\s+|([^\s\p{L}\p{N}])\1{0,3}/gu

/** The text in pieces that join back to it. */
export function splitTokens(text: string): string[] {
  return text.match(TOKEN) ?? []
}

export function countTokens(text: string): number {
  return splitTokens(text).length
}
