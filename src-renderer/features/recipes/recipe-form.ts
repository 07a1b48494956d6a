/** The recipe editor's form: what is typed, and what the host is given. */

import { type Blank, MAX_BLANKS } from '#shared/recipes/blanks.ts'
import { blanksIn } from '#shared/recipes/filling.ts'
import {
  type RecipeDraft,
  recipeDraftSchema,
  type RecipeSetup,
  type RecipeView,
} from '#shared/recipes/recipe.ts'
import type { Studio } from '#shared/credits/studios.ts'
import type { RecipeSeed } from '../../state/recipe-seed.ts'

export interface RecipeForm extends Omit<RecipeDraft, 'blanks'> {
  /** Also of names that are no longer in the prompt: typing them again brings them back. */
  readonly blanks: Readonly<Record<string, Blank>>
}

export const FIRST_SETUP: Readonly<Record<Studio, RecipeSetup>> = {
  chat: { studio: 'chat', length: 'medium', webSearch: false },
  image: { studio: 'image', count: 1, shape: 'square' },
  voice: { studio: 'voice', voice: '', speed: 100 },
}

export function newForm(seed: RecipeSeed, creatorName: string): RecipeForm {
  const { blanks = [], ...rest } = seed
  return {
    id: null,
    name: '',
    description: '',
    icon: 'spark',
    prompt: '',
    setup: FIRST_SETUP.chat,
    operation: '',
    modelName: '',
    creatorName,
    ...rest,
    blanks: byName(blanks),
  }
}

export function formOf(recipe: RecipeView): RecipeForm {
  return { id: recipe.id, ...seedOf(recipe), blanks: byName(recipe.blanks) }
}

/** What a copy of a recipe begins with. */
export function seedOf(recipe: RecipeView) {
  const { name, description, icon, prompt, blanks, setup, operation, modelName } = recipe
  const content = { name, description, icon, prompt, blanks, setup, operation, modelName }
  return { ...content, creatorName: recipe.creator.name }
}

function byName(blanks: readonly Blank[]): Readonly<Record<string, Blank>> {
  return Object.fromEntries(blanks.map((blank) => [blank.name, blank]))
}

/** The blanks that the prompt has now, in its order. */
export function blanksOf({ prompt, blanks }: RecipeForm): readonly Blank[] {
  return blanksIn(prompt).map((name) =>
    Object.hasOwn(blanks, name) ? (blanks[name] ?? newBlank(name)) : newBlank(name),
  )
}

function newBlank(name: string): Blank {
  const words = name.replaceAll('_', ' ').trim()
  const label = words.charAt(0).toUpperCase() + words.slice(1)
  return { kind: 'text', name, label: label === '' ? name : label, maximum: 200 }
}

/** The same blank as another kind, keeping its name and label. */
export function blankOfKind({ name, label }: Blank, kind: Blank['kind']): Blank {
  if (kind === 'number') return { kind, name, label, minimum: 1, maximum: 10 }
  if (kind === 'choice') return { kind, name, label, options: ['One', 'Another'] }
  return { kind, name, label, maximum: 200 }
}

export function draftOf(form: RecipeForm): RecipeDraft {
  return {
    ...form,
    name: form.name.trim(),
    description: form.description.trim(),
    creatorName: form.creatorName.trim(),
    blanks: blanksOf(form).map(trimmed),
  }
}

function trimmed(blank: Blank): Blank {
  const label = blank.label.trim()
  if (blank.kind !== 'choice') return { ...blank, label }
  const options = blank.options.map((option) => option.trim()).filter((option) => option !== '')
  return { ...blank, label, options }
}

export type RecipeProblems = Readonly<
  Partial<Record<'name' | 'icon' | 'prompt' | 'operation' | 'creatorName', string>>
> & { readonly blanks?: Readonly<Record<string, string>> }

/** What is to be put right before it can be saved, by field and by blank. */
export function formProblems(form: RecipeForm): RecipeProblems {
  const draft = draftOf(form)
  const problems: Record<string, string> = {}
  const blanks: Record<string, string> = {}
  for (const { path, message } of recipeDraftSchema.safeParse(draft).error?.issues ?? []) {
    const [field, place] = path
    if (field === 'blanks' && typeof place === 'number') {
      const blank = draft.blanks[place]
      if (blank) blanks[blank.name] ??= BLANK_PROBLEMS[blank.kind]
    } else if (field === 'blanks') {
      problems['prompt'] ??= `There can be ${MAX_BLANKS} blanks at most.`
    } else {
      problems[String(field)] ??= PROBLEMS[String(field)] ?? message
    }
  }
  return Object.keys(blanks).length > 0 ? { ...problems, blanks } : problems
}

const PROBLEMS: Readonly<Record<string, string>> = {
  name: 'Give it a name, up to 60 characters.',
  icon: 'Choose an icon, or type one emoji.',
  operation: 'Choose a model it is made for.',
  creatorName: 'Say who made it: a name others will see.',
}

const BLANK_PROBLEMS: Readonly<Record<Blank['kind'], string>> = {
  text: 'Needs a label, and a length from 1 to 4,000 characters.',
  number: 'Needs a label, and a lowest number that is not above the highest.',
  choice: 'Needs a label, and 2 to 20 different options.',
}
