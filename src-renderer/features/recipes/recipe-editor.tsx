import { useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import { MAX_RECIPE_PROMPT } from '#shared/recipes/recipe.ts'
import type { HostError } from '#shared/result.ts'
import { Button, ButtonLink } from '../../kit/button.tsx'
import { EmptyState, ErrorState } from '../../kit/empty-state.tsx'
import { Field, TextArea, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { notify } from '../../kit/notify.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { callHost, useHostData } from '../../state/host.ts'
import { recipeSeed } from '../../state/recipe-seed.ts'
import { BlankEditor } from './blank-editor.tsx'
import { IconPicker } from './icon-picker.tsx'
import { blanksOf, draftOf, formOf, formProblems, newForm, type RecipeForm } from './recipe-form.ts'
import { SetupFields } from './setup-fields.tsx'
import styles from './recipe-editor.module.css'

/** Makes a recipe (`/recipes/new`) or changes an own one (`/recipes/<id>`). */
export function RecipeEditor({ recipeId }: { readonly recipeId: string }) {
  const { data, error, reload } = useHostData('recipes.list', {})
  if (!data) {
    return (
      <Page>
        {error ? (
          <ErrorState error={error} onRetry={reload} />
        ) : (
          <Skeleton label="Loading the recipe" lines={6} height={40} />
        )}
      </Page>
    )
  }
  const recipe = data.find(({ id }) => id === recipeId)
  if (recipeId !== 'new' && !recipe?.own) return <NotEditable recipe={recipe} />
  const creatorName = data.find(({ own }) => own)?.creator.name ?? ''
  const start = recipe ? formOf(recipe) : newForm(recipeSeed(), creatorName)
  return <Editor key={recipeId} start={start} />
}

function NotEditable({ recipe }: { readonly recipe: RecipeView | undefined }) {
  return (
    <Page>
      <EmptyState
        title={recipe ? `Only ${recipe.creator.name} can change this` : 'This recipe is not here'}
        text={
          recipe
            ? 'A recipe is signed by whoever made it. You can run it, hand it on or delete it.'
            : 'It may have been deleted. What was made with it stays in the library.'
        }
      >
        <ButtonLink href="/recipes">Back to Recipes</ButtonLink>
      </EmptyState>
    </Page>
  )
}

/** What is to be put right may be out of view. */
function focusFirstProblem(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

function Editor({ start }: { readonly start: RecipeForm }) {
  const [, navigate] = useLocation()
  const [form, setForm] = useState(start)
  const element = useRef<HTMLFormElement>(null)
  const [checked, setChecked] = useState(false)
  const [saving, setSaving] = useState(false)
  const [error, setError] = useState<HostError | null>(null)
  const problems = checked ? formProblems(form) : {}
  const patch = (change: Partial<RecipeForm>) => setForm((before) => ({ ...before, ...change }))
  const save = async () => {
    setChecked(true)
    if (Object.keys(formProblems(form)).length > 0) {
      requestAnimationFrame(() => focusFirstProblem(element.current))
      return
    }
    setSaving(true)
    const result = await callHost('recipes.save', draftOf(form))
    setSaving(false)
    if (!result.ok) {
      setError(result.error)
      return
    }
    notify({ tone: 'good', text: `“${result.data.name}” is saved.` })
    navigate('/recipes')
  }
  const blanks = blanksOf(form)
  return (
    <Page>
      <Section title={form.id === null ? 'New recipe' : 'Edit recipe'}>
        <Form ref={element} className={styles.editor} noValidate onSubmit={save}>
          <div className={styles.pair}>
            <Field label="Name" error={problems.name}>
              <TextInput
                autoFocus={form.id === null}
                value={form.name}
                maxLength={60}
                onChange={(event) => patch({ name: event.currentTarget.value })}
              />
            </Field>
            <Field label="Made by" hint="Others see this name." error={problems.creatorName}>
              <TextInput
                value={form.creatorName}
                maxLength={60}
                onChange={(event) => patch({ creatorName: event.currentTarget.value })}
              />
            </Field>
          </div>
          <IconPicker icon={form.icon} error={problems.icon} onChange={(icon) => patch({ icon })} />
          <Field label="Description" hint="What it is for, in a sentence.">
            <TextInput
              value={form.description}
              maxLength={500}
              onChange={(event) => patch({ description: event.currentTarget.value })}
            />
          </Field>
          <SetupFields form={form} error={problems.operation} onChange={patch} />
          <Field
            label="Prompt"
            error={problems.prompt}
            hint="Write {topic} where something is to be filled in each time."
          >
            <TextArea
              className={styles.prompt}
              value={form.prompt}
              maxLength={MAX_RECIPE_PROMPT[form.setup.studio]}
              onChange={(event) => patch({ prompt: event.currentTarget.value })}
            />
          </Field>
          {blanks.map((blank) => (
            <BlankEditor
              key={blank.name}
              blank={blank}
              error={problems.blanks?.[blank.name]}
              onChange={(changed) => patch({ blanks: { ...form.blanks, [changed.name]: changed } })}
            />
          ))}
          {error && (
            <p className={styles.bad} role="alert">
              {error.message}
            </p>
          )}
          <div className={styles.foot}>
            <Button onClick={() => navigate('/recipes')}>Cancel</Button>
            <Button type="submit" variant="primary" busy={saving}>
              Save recipe
            </Button>
          </div>
        </Form>
      </Section>
    </Page>
  )
}
