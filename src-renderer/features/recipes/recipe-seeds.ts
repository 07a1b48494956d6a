/** The first recipes to begin with, on an empty page. */

import type { RecipeSeed } from '../../state/recipe-seed.ts'

export const RECIPE_SEEDS: readonly (RecipeSeed & { readonly name: string })[] = [
  {
    name: 'Product description',
    description: 'A few honest sentences for a shop.',
    icon: 'pen',
    prompt:
      'Write a product description of {product} for {audience}, in about {sentences} sentences. Plain words, no superlatives.',
    setup: { studio: 'chat', length: 'short', webSearch: false },
    blanks: [
      { kind: 'text', name: 'product', label: 'Product', maximum: 200 },
      { kind: 'text', name: 'audience', label: 'Who it is for', maximum: 120 },
      { kind: 'number', name: 'sentences', label: 'Sentences', minimum: 2, maximum: 8 },
    ],
  },
  {
    name: 'Flat icon',
    description: 'Icons that look alike.',
    icon: 'picture',
    prompt: 'A flat two-colour icon of {thing}, thick lines, centred, on a {ground} ground',
    setup: { studio: 'image', count: 2, shape: 'square' },
    blanks: [
      { kind: 'text', name: 'thing', label: 'What it shows', maximum: 80 },
      { kind: 'choice', name: 'ground', label: 'Ground', options: ['white', 'dark', 'sand'] },
    ],
  },
  {
    name: 'Welcome message',
    description: 'Spoken to whoever calls.',
    icon: 'voice',
    prompt: 'Welcome to {place}. We are glad you called; somebody will be with you in a moment.',
    setup: { studio: 'voice', voice: '', speed: 100 },
    blanks: [{ kind: 'text', name: 'place', label: 'Place', maximum: 80 }],
  },
]
