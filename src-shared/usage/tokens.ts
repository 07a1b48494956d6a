/**
 * A token count for when no provider's own is at hand: before a run, and after one that reported
 * nothing. Providers tokenize differently, so this estimates from the shape of the text, in one
 * pass and without a vocabulary; test/unit/usage/tokens.test.ts holds it against a real tokenizer.
 */

// Runs of ideographs and kana; of other letters; up to three digits; of marks; of line breaks.
const PIECES =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]+|[\p{L}\p{M}]+|\p{N}{1,3}|[^\s\p{L}\p{M}\p{N}]+|[\r\n]+|[ \t]{2,}/gu
const IDEOGRAPHS = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u
const LATIN = /^[\p{sc=Latin}\p{M}]/u
const PICTOGRAPHS = /\p{Extended_Pictographic}/u

/** Words this short are nearly always one token. */
const SHORT_WORD = 8
const LETTERS_PER_TOKEN = 5
const OTHER_LETTERS_PER_TOKEN = 5
const IDEOGRAPHS_PER_TOKEN = 1.25
const MARKS_PER_TOKEN = 2.5

/** About how many tokens `text` is; zero only for empty text. */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const [piece] of text.matchAll(PIECES)) tokens += tokensOf(piece)
  return text === '' ? 0 : Math.max(1, tokens)
}

function tokensOf(piece: string): number {
  const length = piece.length
  if (IDEOGRAPHS.test(piece)) return Math.ceil(length / IDEOGRAPHS_PER_TOKEN)
  if (LATIN.test(piece)) return length <= SHORT_WORD ? 1 : Math.ceil(length / LETTERS_PER_TOKEN)
  if (/^\p{L}/u.test(piece)) return Math.ceil(length / OTHER_LETTERS_PER_TOKEN)
  if (PICTOGRAPHS.test(piece)) return length
  if (/^[\p{N}\s]/u.test(piece)) return 1
  return Math.ceil(length / MARKS_PER_TOKEN)
}
