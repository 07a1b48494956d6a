/**
 * The blanks of a recipe's prompt: `{topic}` in the text, filled each time it is run. Each has a type
 * and bounds, which the recipe states.
 */

import { z } from 'zod'

export const MAX_BLANKS = 12
export const MAX_BLANK_CHARACTERS = 4_000
const LARGEST_NUMBER = 1_000_000_000

/** A line of text without surrounding spaces, so that what is signed stays the same. */
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
