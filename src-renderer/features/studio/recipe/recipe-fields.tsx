import { useEffect, useRef } from 'react'
import { X } from 'lucide-react'
import type { Blank } from '#shared/recipes/blanks.ts'
import { blankProblem } from '#shared/recipes/filling.ts'
import { RecipeIcon } from '../../../components/recipe-icon.tsx'
import { IconButton } from '../../../kit/button.tsx'
import { Field, TextArea, TextInput } from '../../../kit/field.tsx'
import { Select } from '../../../kit/select.tsx'
import type { RecipeInUse } from './use-recipe.ts'
import styles from './recipe-fields.module.css'

/** A recipe in the composer: whose it is, its blanks to fill, and the prompt they make. */
export function RecipeFields({ inUse }: { readonly inUse: RecipeInUse }) {
  const { recipe, values, text } = inUse
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, textarea, button[role=combobox]')?.focus()
  }, [recipe.id])
  return (
    <div ref={form} className={styles.recipe} role="group" aria-label={`Recipe: ${recipe.name}`}>
      <div className={styles.head}>
        <RecipeIcon icon={recipe.icon} />
        <span className={styles.name}>{recipe.name}</span>
        <span className={styles.by}>
          {recipe.own ? 'your recipe' : `by ${recipe.creator.name}`}
        </span>
        <IconButton
          size="small"
          label="Stop using the recipe"
          icon={<X size={15} aria-hidden />}
          onClick={inUse.remove}
        />
      </div>
      {recipe.blanks.length > 0 && (
        <div className={styles.blanks}>
          {recipe.blanks.map((blank) => (
            <BlankField
              key={blank.name}
              blank={blank}
              value={values[blank.name] ?? ''}
              onChange={(value) => inUse.fill(blank.name, value)}
            />
          ))}
        </div>
      )}
      <p className={styles.prompt} tabIndex={0} role="region" aria-label="Prompt of the recipe">
        {text}
      </p>
    </div>
  )
}

interface BlankFieldProps {
  readonly blank: Blank
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Above this a text is written over several lines. */
const ONE_LINE = 120

function BlankField({ blank, value, onChange }: BlankFieldProps) {
  // An empty blank is not yet wrong; the run waits for it.
  const problem = value === '' ? null : blankProblem(blank, value)
  if (blank.kind === 'choice') {
    return (
      <Select
        label={blank.label}
        value={value}
        options={blank.options.map((option) => ({ value: option, label: option }))}
        onChange={onChange}
      />
    )
  }
  if (blank.kind === 'number') {
    return (
      <Field label={blank.label} error={problem} hint={`${blank.minimum} to ${blank.maximum}`}>
        <TextInput
          inputMode="numeric"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </Field>
    )
  }
  const Input = blank.maximum > ONE_LINE ? TextArea : TextInput
  return (
    <Field label={blank.label} error={problem}>
      <Input
        value={value}
        maxLength={blank.maximum}
        onChange={(event: { currentTarget: { value: string } }) =>
          onChange(event.currentTarget.value)
        }
      />
    </Field>
  )
}
