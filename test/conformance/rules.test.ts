import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Rule, RULES } from './rules.ts'

const rules: readonly Rule[] = RULES
const END_TO_END = join(import.meta.dirname, '../e2e')

/** The rules that the suites test, as they stand in the sources. */
const tested = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts') && file !== 'rules.test.ts')
  .flatMap((file) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    const names = [...source.matchAll(/^rule\('([^']+)'/gm)].map(([, name]) => name!)
    return names.map((name) => ({ name, file }))
  })

describe('the table of rules', () => {
  test('numbers the rules of each of the five systems from 1 on', () => {
    const numbers = Map.groupBy(rules, ({ name }) => name.split(' ')[0]!)
    const counts = [...numbers].map(([system, list]) => [system, list.length])
    expect(counts).toEqual([
      ['softr', 8],
      ['creator-platform', 8],
      ['tooljet', 9],
      ['schematic', 12],
      ['coding-agent', 10],
    ])
    for (const [system, list] of numbers) {
      expect(list.map(({ name }) => name)).toEqual(list.map((_, at) => `${system} ${at + 1}`))
    }
  })

  test('every rule has one test, in a suite of its system', () => {
    expect(tested.map(({ name }) => name).toSorted()).toEqual(
      rules.map(({ name }) => name).toSorted(),
    )
    for (const { name, file } of tested) {
      expect(file).toMatch(new RegExp(`^${name.split(' ')[0]}(-[a-z]+)?\\.test\\.ts$`))
    }
  })

  const linked = rules.flatMap(({ name, e2e = [] }) => e2e.map((link) => ({ name, ...link })))

  test.each(linked)('$name is seen in $file: $title', ({ file, title }) => {
    const spec = join(END_TO_END, file)
    expect(existsSync(spec)).toBe(true)
    const source = readFileSync(spec, 'utf8').replaceAll(/\s+/g, ' ')
    expect(
      [`'${title}'`, `"${title}"`].some((quoted) => source.includes(`test(${quoted}`)) ||
        source.includes(`test( '${title}'`),
    ).toBe(true)
  })
})
