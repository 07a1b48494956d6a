/** Names a thread after what was first said in it. */

export const UNTITLED = 'New chat'

const TITLE_CHARACTERS = 60

/** About the first 60 characters on one line, cut between words; `New chat` when there are none. */
export function titleFrom(text: string): string {
  const line = text
    .slice(0, 1_000)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/^[\s#>*`~_-]+/, '')
    .trim()
  if (line === '') return UNTITLED
  const characters = [...line]
  if (characters.length <= TITLE_CHARACTERS) return line
  const cut = characters.slice(0, TITLE_CHARACTERS).join('')
  const lastSpace = cut.lastIndexOf(' ')
  // A language without spaces, or one long word, is cut where the limit falls.
  const words = lastSpace > TITLE_CHARACTERS / 2 ? cut.slice(0, lastSpace) : cut
  return `${words.replace(/[\s.,;:!?–—-]+$/u, '')}…`
}
