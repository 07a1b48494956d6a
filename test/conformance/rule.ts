import { test } from 'vitest'
import { type Rule, type RuleName, RULES } from './rules.ts'

/** The one test of a rule, named by its number and what it says. Without `prove` it is still open. */
export function rule(name: RuleName, prove?: () => void | Promise<void>): void {
  const { says, open }: Rule = RULES.find((each) => each.name === name)!
  const title = `${name} ${says}${open ? ` (open: ${open})` : ''}`
  if (prove) test(title, prove)
  else test.todo(title)
}
