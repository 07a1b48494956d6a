/** Recipes over real files: kept, handed on, and taken in from others. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recipeFileText } from '#shared/recipes/file.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import { failure } from '#shared/result.ts'
import { MAX_RECIPES, openRecipes, type Recipes } from '../../../src-main/recipes/recipes.ts'
import { systemIds } from '../../../src-main/ports/ids.ts'
import { createFileSecrets } from '../../../src-main/secrets/file-secrets.ts'
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts'
import { createManualTime } from '../../support/manual-time.ts'
import { temporaryFolder, type TemporaryFolder, unwrap } from '../../support/ledger.ts'
import { aCreator, aDraft, aRecipe } from '../../support/recipes.ts'

let folder: TemporaryFolder
let recipes: Recipes

beforeEach(() => {
  folder = temporaryFolder()
  recipes = open()
})
afterEach(() => folder.remove())

function open(secrets: SecretStore = createFileSecrets(folder.path)): Recipes {
  return openRecipes({
    directory: folder.path,
    secrets,
    operations: () => ['request.standard', 'image.standard'],
    clock: createManualTime(),
    ids: systemIds,
  })
}

const codeOf = (result: { ok: boolean; error?: { code: string } }) =>
  result.ok ? 'ok' : result.error?.code
const storedFile = ({ id }: Pick<RecipeView, 'id'>) =>
  join(folder.path, 'recipes', `${id}.tallyrecipe`)

describe('own recipes', () => {
  it('are kept over a restart, by name', () => {
    unwrap(recipes.save(aDraft({ name: 'Sonnet' })))
    unwrap(recipes.save(aDraft({ name: 'Haiku' })))
    expect(open().list()).toEqual(recipes.list())
    expect(recipes.list()).toMatchObject([
      { name: 'Haiku', revision: 1, own: true, creator: { name: 'Ana' } },
      { name: 'Sonnet', own: true },
    ])
  })

  it('move on by one revision with each change, under the same id', () => {
    const first = unwrap(recipes.save(aDraft()))
    const second = unwrap(recipes.save(aDraft({ id: first.id, name: 'Haiku, better' })))
    expect(second).toMatchObject({ id: first.id, revision: 2, name: 'Haiku, better' })
    expect(recipes.list()).toHaveLength(1)
  })

  it('are signed by one key, which outlives a restart', () => {
    const before = unwrap(recipes.save(aDraft()))
    const after = unwrap(open().save(aDraft({ name: 'Another' })))
    expect(after.creator.key).toBe(before.creator.key)
  })

  it('are known as own also while the secret store is shut', () => {
    unwrap(recipes.save(aDraft()))
    const shut = failure('secrets_unavailable', 'Shut.')
    const later = open({ read: () => shut, write: () => shut, remove: () => shut })
    expect(later.list()).toMatchObject([{ own: true }])
    expect(codeOf(later.save(aDraft()))).toBe('secrets_unavailable')
  })

  it('are not signed by a new key when the old one is gone', () => {
    unwrap(recipes.save(aDraft()))
    unwrap(createFileSecrets(folder.path).remove('recipes:creator-key'))
    expect(codeOf(open().save(aDraft()))).toBe('creator_key_damaged')
  })

  it('are refused for an operation without a price', () => {
    expect(codeOf(recipes.save(aDraft({ operation: 'video.advanced' })))).toBe(
      'recipe_operation_unknown',
    )
  })

  it('are gone when deleted, and only those that are there can be', () => {
    const { id } = unwrap(recipes.save(aDraft()))
    unwrap(recipes.remove(id))
    expect(open().list()).toEqual([])
    expect(codeOf(recipes.remove(id))).toBe('recipe_not_found')
    expect(codeOf(recipes.exportFile(id))).toBe('recipe_not_found')
    expect(codeOf(recipes.save(aDraft({ id })))).toBe('recipe_not_found')
  })
})

describe('a file of somebody else', () => {
  const ana = aCreator()

  it('is taken in as it was signed, and handed on the same', () => {
    const { recipe, change } = unwrap(recipes.importFile(ana.file()))
    expect(change).toBe('added')
    expect(recipe).toMatchObject({ own: false, creator: { name: 'Ana', key: ana.key } })
    expect(unwrap(recipes.exportFile(recipe.id))).toEqual({
      fileName: 'Haiku.tallyrecipe',
      text: ana.file(),
    })
    expect(readFileSync(storedFile(recipe), 'utf8')).toBe(ana.file())
  })

  it('twice is once', () => {
    unwrap(recipes.importFile(ana.file()))
    expect(unwrap(recipes.importFile(ana.file())).change).toBe('same')
    expect(recipes.list()).toHaveLength(1)
  })

  it('of a higher revision replaces, of a lower one does not', () => {
    unwrap(recipes.importFile(ana.file({ revision: 2, name: 'Second' })))
    expect(unwrap(recipes.importFile(ana.file({ revision: 3, name: 'Third' }))).change).toBe(
      'updated',
    )
    const older = unwrap(recipes.importFile(ana.file({ revision: 1, name: 'First' })))
    expect(older).toMatchObject({ change: 'older', recipe: { name: 'Third' } })
    const other = unwrap(recipes.importFile(ana.file({ revision: 3, name: 'Another third' })))
    expect(other).toMatchObject({ change: 'older', recipe: { name: 'Third' } })
    expect(open().list()).toMatchObject([{ name: 'Third', revision: 3 }])
  })

  it('under the id of another creator’s recipe is refused', () => {
    unwrap(recipes.importFile(ana.file()))
    const thief = aCreator('Ana')
    expect(codeOf(recipes.importFile(thief.file({ revision: 9 })))).toBe('recipe_id_taken')
    expect(recipes.list()).toMatchObject([{ revision: 1, creator: { key: ana.key } }])
  })

  it.each([
    ['another prompt', ana.file().replace('haiku about', 'essay about')],
    ['another creator name', ana.file().replace('"Ana"', '"Bob"')],
    ['another creator key', ana.file().replace(ana.key, aCreator().key)],
    [
      'the signature of another recipe',
      recipeFileText({
        recipe: aRecipe({ creator: { name: 'Ana', key: ana.key } }),
        signature: ana.signatureOf(aRecipe({ revision: 2 })),
      }),
    ],
    [
      'a signature by somebody else',
      recipeFileText({
        recipe: aRecipe({ creator: { name: 'Ana', key: ana.key } }),
        signature: aCreator().signatureOf(aRecipe({ creator: { name: 'Ana', key: ana.key } })),
      }),
    ],
  ])('with %s is refused as altered', (_what, text) => {
    expect(codeOf(recipes.importFile(text))).toBe('recipe_altered')
    expect(recipes.list()).toEqual([])
  })

  it('survives spaces and another order of its fields', () => {
    const json = JSON.parse(ana.file()) as Record<string, unknown>
    const turned = JSON.stringify(Object.fromEntries(Object.entries(json).reverse()), null, 4)
    expect(unwrap(recipes.importFile(turned)).change).toBe('added')
  })

  it('for an operation unknown here is refused', () => {
    expect(codeOf(recipes.importFile(ana.file({ operation: 'dance' })))).toBe(
      'recipe_operation_unknown',
    )
  })

  it('cannot be changed here', () => {
    const { recipe } = unwrap(recipes.importFile(ana.file()))
    expect(codeOf(recipes.save(aDraft({ id: recipe.id })))).toBe('recipe_not_yours')
  })

  it('that is one’s own comes back as own', () => {
    const { id } = unwrap(recipes.save(aDraft()))
    const { text } = unwrap(recipes.exportFile(id))
    unwrap(recipes.remove(id))
    expect(unwrap(recipes.importFile(text)).recipe.own).toBe(true)
  })

  it('is refused when there are as many as there can be', () => {
    for (let index = 0; index < MAX_RECIPES; index++) {
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
      unwrap(recipes.importFile(ana.file({ id })))
    }
    expect(codeOf(recipes.importFile(ana.file()))).toBe('too_many_recipes')
  })
})

describe('a damaged recipe on disk', () => {
  it('is set aside and told, and the others stay', () => {
    const kept = unwrap(recipes.save(aDraft({ name: 'Kept' })))
    const broken = unwrap(recipes.save(aDraft({ name: 'Broken' })))
    writeFileSync(storedFile(broken), readFileSync(storedFile(broken), 'utf8').slice(0, 200))
    const later = open()
    expect(later.list()).toEqual([kept])
    expect(later.damage).toContain('A recipe was damaged')
    expect(readdirSync(join(folder.path, 'recipes', 'quarantine'))).toHaveLength(1)
    expect(open().damage).toBeNull()
  })

  it('of a newer format waits where it is', () => {
    const recipe = unwrap(recipes.save(aDraft()))
    writeFileSync(storedFile(recipe), '{"kind":"tallystick recipe","format":2}')
    const later = open()
    expect(later).toMatchObject({ damage: null })
    expect(later.list()).toEqual([])
    expect(readdirSync(join(folder.path, 'recipes'))).toContain(`${recipe.id}.tallyrecipe`)
  })
})
