/** Filling the blanks of a recipe's prompt, within the bounds that the recipe states. */

import type { Blank } from './blanks.ts'

/** What a person has put into the blanks so far, by name. */
export type BlankValues = Readonly<Record<string, string>>

const PLACE = /\{([a-z][a-z0-9_]{0,31})\}/g

/** The names between braces in a prompt, each once, in order. */
export function blanksIn(prompt: string): readonly string[] {
  return [...new Set([...prompt.matchAll(PLACE)].map(([, name = '']) => name))]
}

/** What is wrong with a value for a blank, in words; null when it fits. */
export function blankProblem(asked: Blank, value: string): string | null {
  if (value.trim() === '') return `Fill in “${asked.label}”.`
  switch (asked.kind) {
    case 'text':
      return value.length <= asked.maximum
        ? null
        : `“${asked.label}” may have ${asked.maximum} characters at most.`
    case 'number': {
      const { minimum, maximum } = asked
      const number = /^-?\d{1,10}$/.test(value.trim()) ? Number(value) : Number.NaN
      return number >= minimum && number <= maximum
        ? null
        : `“${asked.label}” is a whole number from ${minimum} to ${maximum}.`
    }
    case 'choice':
      return asked.options.includes(value) ? null : `Choose one of the options of “${asked.label}”.`
  }
}

/**
 * The prompt with its blanks filled in one pass, so that braces inside a value stay what they are. A
 * blank without a value keeps its own.
 */
export function fillPrompt(
  { prompt, blanks }: { readonly prompt: string; readonly blanks: readonly Blank[] },
  values: BlankValues,
): string {
  const known = new Set(blanks.map(({ name }) => name))
  return prompt.replaceAll(PLACE, (place, name: string) => {
    const value = known.has(name) && Object.hasOwn(values, name) ? (values[name] ?? '').trim() : ''
    return value === '' ? place : value
  })
}
