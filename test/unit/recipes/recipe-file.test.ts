import { describe, expect, test } from 'vitest'
import {
  canonicalJson,
  MAX_RECIPE_BYTES,
  readRecipeFile,
  recipeFileText,
  signedText,
} from '#shared/recipes/file.ts'
import { recipeDraftSchema } from '#shared/recipes/recipe.ts'
import { aDraft, aRecipe } from '../../support/recipes.ts'

const signature = 'b'.repeat(86)
const text = recipeFileText({ recipe: aRecipe(), signature })

/** What a test may spoil. */
interface Json extends Record<string, unknown> {
  recipe: {
    setup: object
    creator: { key: string }
    blanks: { maximum: number }[]
    revision: number
    price?: number
  }
}

/** The file with some of its JSON changed. */
function changed(change: (json: Json) => unknown): string {
  const json = JSON.parse(text) as Json
  change(json)
  return JSON.stringify(json)
}

const codeOf = (file: string) => {
  const read = readRecipeFile(file)
  return read.ok ? 'ok' : read.error.code
}

describe('a recipe file', () => {
  test('says what it was made of, whatever the order of its fields', () => {
    expect(readRecipeFile(text)).toEqual({ ok: true, data: { recipe: aRecipe(), signature } })
    const turned = Object.fromEntries(Object.entries(aRecipe()).reverse())
    expect(signedText(turned as never)).toBe(signedText(aRecipe()))
  })

  test.each([
    ['too large', 'x'.repeat(MAX_RECIPE_BYTES + 1), 'recipe_too_large'],
    ['too large in bytes, not characters', '日'.repeat(MAX_RECIPE_BYTES / 2), 'recipe_too_large'],
    ['no JSON', 'hello', 'recipe_not_readable'],
    ['some other JSON', '{"format":1}', 'recipe_not_readable'],
    ['a newer format', changed((json) => (json['format'] = 2)), 'recipe_newer'],
    [
      'a newer format with fields unknown here',
      changed((json) => Object.assign(json, { format: 7, sealed: {} })),
      'recipe_newer',
    ],
    ['no signature', changed((json) => delete json['signature']), 'recipe_unsigned'],
    ['half a signature', changed((json) => (json['signature'] = 'bb')), 'recipe_unsigned'],
    ['no creator key', changed((json) => (json.recipe.creator.key = 'me')), 'recipe_unsigned'],
    [
      'a studio unknown here',
      changed((json) => (json.recipe.setup = { studio: 'smell' })),
      'recipe_studio_unknown',
    ],
    ['an odd field', changed((json) => (json.recipe.price = 9)), 'recipe_not_readable'],
    ['revision zero', changed((json) => (json.recipe.revision = 0)), 'recipe_not_readable'],
  ])('with %s is refused as such', (_what, file, code) => {
    expect(codeOf(file)).toBe(code)
  })

  test('that cannot be read says where', () => {
    const read = readRecipeFile(changed((json) => (json.recipe.blanks[0]!.maximum = 0)))
    expect(read).toMatchObject({ ok: false, error: { message: /blanks\.0/ } })
  })
})

describe('canonical JSON', () => {
  test('sorts keys at every depth and leaves lists in order', () => {
    expect(canonicalJson({ b: [2, { d: null, c: 'é"' }], a: true })).toBe(
      '{"a":true,"b":[2,{"c":"é\\"","d":null}]}',
    )
  })

  test('refuses what JSON cannot say', () => {
    expect(() => canonicalJson({ a: undefined })).toThrow(TypeError)
  })
})

describe('a recipe', () => {
  const problems = (changes: Parameters<typeof aDraft>[0]) =>
    recipeDraftSchema.safeParse(aDraft(changes)).error?.issues.map(({ path }) => path.join('.'))

  test('has blanks that its prompt names, each once', () => {
    const blank = aDraft().blanks[0]!
    expect(problems({})).toBeUndefined()
    expect(problems({ blanks: [blank, blank] })).toEqual(['blanks.1.name'])
    expect(problems({ prompt: 'No place to fill' })).toEqual(['blanks.0.name'])
  })

  test('may have braces in its prompt that are no blanks', () => {
    expect(
      problems({ prompt: 'About {topic}: {"a": 1} and {Other}', name: 'JSON' }),
    ).toBeUndefined()
  })

  test.each(['🎨', '👩🏽‍🚀', '🇫🇷', 'pen'])('may have the icon %s', (icon) => {
    expect(problems({ icon })).toBeUndefined()
  })

  test.each(['', 'x', '🎨🎨', 'hammer'])('may not have the icon “%s”', (icon) => {
    expect(problems({ icon })).toEqual(['icon'])
  })

  test('may have a prompt as long as its studio takes', () => {
    const setup = { studio: 'image', count: 1, shape: 'square' } as const
    const prompt = `{topic}${'a'.repeat(4_000)}`
    expect(problems({ prompt })).toBeUndefined()
    expect(problems({ prompt, setup })).toEqual(['prompt'])
  })
})
