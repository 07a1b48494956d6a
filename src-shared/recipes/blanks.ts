/**
 * The blanks of a recipe's prompt: `{topic}` in the text, filled each time it is run. Each has a type
 * and bounds, which the recipe states and this file checks.
 */

import { z } from 'zod'

export const MAX_BLANKS = 12
export const MAX_BLANK_CHARACTERS = 4_000
const LARGEST_NUMBER = 1_000_000_000

/** A line of text as it is to be kept: no spaces around it, so that what is signed stays the same. */
export const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine(
      (text) => text.trim() === text && !/[\n\r]/.test(text),
      'One line without spaces around',
    )

const blankName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'Use a–z, 0–9 and _, from a letter on')

const textBlank = z.strictObject({
  kind: z.literal('text'),
  name: blankName,
  label: line(60),
  /** Characters. */
  maximum: z.int().min(1).max(MAX_BLANK_CHARACTERS),
})
const numberBlank = z
  .strictObject({
    kind: z.literal('number'),
    name: blankName,
    label: line(60),
    minimum: z.int().min(-LARGEST_NUMBER).max(LARGEST_NUMBER),
    maximum: z.int().min(-LARGEST_NUMBER).max(LARGEST_NUMBER),
  })
  .refine(({ minimum, maximum }) => minimum <= maximum, {
    path: ['maximum'],
    message: 'Not below the minimum',
  })
const choiceBlank = z.strictObject({
  kind: z.literal('choice'),
  name: blankName,
  label: line(60),
  options: z
    .array(line(60))
    .min(2)
    .max(20)
    .refine((options) => new Set(options).size === options.length, 'Each option once'),
})

export const blank = z.union([textBlank, numberBlank, choiceBlank])
export type Blank = z.output<typeof blank>

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
