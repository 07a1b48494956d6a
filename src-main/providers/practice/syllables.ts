/** Cuts a text into what the practice voice sings: syllables, and rests where the text breathes. */

export type Onset = 'none' | 'stop' | 'hiss' | 'hum'
export type Vowel = 'a' | 'e' | 'i' | 'o' | 'u'

export type Sound =
  | {
      readonly type: 'syllable'
      readonly onset: Onset
      readonly vowel: Vowel
      /** The first syllable of a word is stressed. */
      readonly stressed: boolean
      /** The sentence it belongs to rises at its end. */
      readonly question: boolean
    }
  | { readonly type: 'rest'; readonly beats: number }

const VOWELS: Readonly<Record<string, Vowel>> = {
  a: 'a', à: 'a', á: 'a', â: 'a', ä: 'e', å: 'o',
  e: 'e', é: 'e', è: 'e', ê: 'e', ë: 'e',
  i: 'i', í: 'i', ï: 'i', y: 'i',
  o: 'o', ó: 'o', ô: 'o', ö: 'e', ø: 'e',
  u: 'u', ú: 'u', ü: 'i', w: 'u',
} // prettier-ignore
const VOWEL_LIST: readonly Vowel[] = ['a', 'e', 'i', 'o', 'u']
const REST_BEATS: Readonly<Record<string, number>> = {
  ',': 1,
  ';': 1.2,
  ':': 1.2,
  '.': 2,
  '!': 2,
  '?': 2,
  '\n': 1.5,
}

export function readSounds(text: string): readonly Sound[] {
  const sounds: Sound[] = []
  for (const sentence of text.match(/[^.!?]+[.!?]*|[.!?]+/gu) ?? []) {
    const question = sentence.trimEnd().endsWith('?')
    for (const piece of sentence.match(/[\p{L}\p{M}'’]+|\p{N}|[^\p{L}\p{N}]/gu) ?? []) {
      if (/[\p{L}\p{N}]/u.test(piece)) sounds.push(...readWord(piece.toLowerCase(), question))
      else sounds.push({ type: 'rest', beats: REST_BEATS[piece] ?? 0.35 })
    }
  }
  return sounds
}

function readWord(word: string, question: boolean): Sound[] {
  const letters = Array.from(word)
  const sounds: Sound[] = []
  let onset: Onset = 'none'
  let previousVowel = false
  for (const letter of letters) {
    const vowel = vowelOf(letter)
    if (vowel === null) {
      onset = onsetOf(letter)
    } else if (!previousVowel) {
      sounds.push({ type: 'syllable', onset, vowel, stressed: sounds.length === 0, question })
      onset = 'none'
    }
    previousVowel = vowel !== null
  }
  const silentE = sounds.length > 1 && /[^aeiou]e$/.test(word)
  if (silentE) sounds.pop()
  if (sounds.length === 0) {
    sounds.push({ type: 'syllable', onset, vowel: 'e', stressed: true, question })
  }
  return sounds
}

/** Letters outside the Latin alphabet each carry a vowel of their own. */
function vowelOf(letter: string): Vowel | null {
  const known = VOWELS[letter]
  if (known) return known
  const code = letter.codePointAt(0) ?? 0
  return code > 0x24f || /\p{N}/u.test(letter)
    ? (VOWEL_LIST[code % VOWEL_LIST.length] ?? 'a')
    : null
}

function onsetOf(letter: string): Onset {
  if ('ptkbdgcqx'.includes(letter)) return 'stop'
  if ('sfzvhjß'.includes(letter)) return 'hiss'
  return 'hum'
}
