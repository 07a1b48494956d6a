/** Recipes and creators for tests. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { recipeFileText, signedText } from '#shared/recipes/file.ts'
import type { Recipe, RecipeDraft } from '#shared/recipes/recipe.ts'

export interface TestCreator {
  readonly name: string
  /** Base64url. */
  readonly key: string
  signatureOf(recipe: Recipe): string
  /** A recipe's file, signed by this creator. */
  file(changes?: Partial<Recipe>): string
}

export const aDraft = (changes: Partial<RecipeDraft> = {}): RecipeDraft => ({
  id: null,
  name: 'Haiku',
  description: 'Three lines about anything.',
  icon: 'pen',
  prompt: 'Write a haiku about {topic}',
  blanks: [{ kind: 'text', name: 'topic', label: 'Topic', maximum: 80 }],
  setup: { studio: 'chat', length: 'short', webSearch: false },
  operation: 'request.standard',
  modelName: 'brief',
  creatorName: 'Ana',
  ...changes,
})

export const aRecipe = (changes: Partial<Recipe> = {}): Recipe => {
  const { creatorName, ...content } = aDraft()
  return {
    ...content,
    id: '0b8f5f6e-58a5-4a53-9a5b-0d5d3f8b2c11',
    revision: 1,
    creator: { name: creatorName, key: 'A'.repeat(43) },
    ...changes,
  }
}

export function aCreator(name = 'Ana'): TestCreator {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = rawKey(publicKey)
  const signatureOf = (recipe: Recipe) =>
    sign(null, Buffer.from(signedText(recipe)), privateKey).toString('base64url')
  return {
    name,
    key,
    signatureOf,
    file(changes = {}) {
      const recipe = aRecipe({ creator: { name, key }, ...changes })
      return recipeFileText({ recipe, signature: signatureOf(recipe) })
    },
  }
}

function rawKey(publicKey: KeyObject): string {
  return publicKey.export({ format: 'jwk' }).x ?? ''
}
