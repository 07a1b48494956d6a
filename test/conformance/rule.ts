import { test } from 'vitest'
import { type RuleName, RULES } from './rules.ts'

/** The one test of a rule, named by its number and what it says. */
export function rule(name: RuleName, prove: () => void | Promise<void>): void {
  const { says } = RULES.find((each) => each.name === name)!
  test(`${name} ${says}`, prove)
}
