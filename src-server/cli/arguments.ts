/** Reads a command line. Errors come with the command's usage. */

import { parseArgs } from 'node:util'
import { z } from 'zod'
import { parseCredits } from '#shared/credits/amount.ts'
import { failure, type Result, success } from '#shared/result.ts'

export interface Parameters {
  /** In order: `account`, `file` … */
  readonly positionals: readonly string[]
  /** Options by name, and whether they may be left out. */
  readonly options: Readonly<Record<string, { readonly required: boolean; readonly value: string }>>
}

export interface Arguments {
  positional(name: string): string
  /** Null when it was left out. */
  option(name: string): string | null
}

/** Fails with `usage` on anything that is missing, or that the command does not know. */
export function readArguments(args: readonly string[], parameters: Parameters): Result<Arguments> {
  const options = Object.fromEntries(
    Object.keys(parameters.options).map((name) => [name, { type: 'string' as const }]),
  )
  const parsed = parse(args, options)
  if (!parsed.ok) return parsed
  const { values, positionals } = parsed.data
  const expected = parameters.positionals
  if (positionals.length !== expected.length) {
    return usage(`Give ${expected.join(' and ')}, and nothing else but options.`)
  }
  const missing = Object.entries(parameters.options).find(
    ([name, { required }]) => required && values[name] === undefined,
  )
  if (missing) return usage(`--${missing[0]} is missing.`)
  return success({
    positional: (name) => positionals[expected.indexOf(name)] ?? '',
    option: (name) => values[name] ?? null,
  })
}

function parse(args: readonly string[], options: Record<string, { readonly type: 'string' }>) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    })
    return success({ values: values, positionals })
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

export function usage(message: string) {
  return failure('usage', message)
}

const idSchema = z.string().regex(/^[\w.:-]{1,100}$/)

/** The id that makes a command happen once. */
export function readId(text: string): Result<string> {
  return idSchema.safeParse(text).success
    ? success(text)
    : usage('An id has letters, digits and . : _ - only, at most 100.')
}

/** A positive number of credits, as people write it: `12.5`. */
export function readCredits(text: string) {
  const amount = parseCredits(text)
  return amount !== null && amount > 0
    ? success(amount)
    : usage(`"${text}" is no number of credits above zero, such as 100 or 12.5.`)
}

/** A moment: `2027-01-31T09:00:00Z`, or a day, which begins at midnight UTC. Epoch milliseconds. */
export function readMoment(text: string): Result<number> {
  const isMoment =
    z.iso.date().safeParse(text).success || z.iso.datetime({ offset: true }).safeParse(text).success
  return isMoment
    ? success(Date.parse(text))
    : usage(`"${text}" is no moment, such as 2027-01-31 or 2027-01-31T09:00:00Z.`)
}
