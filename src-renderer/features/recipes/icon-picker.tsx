import { RECIPE_ICONS, type RecipeIcon as DrawnIcon } from '#shared/recipes/recipe.ts'
import { RecipeIcon } from '../../components/recipe-icon.tsx'
import { IconButton } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import styles from './recipe-editor.module.css'

const NAMES: Readonly<Record<DrawnIcon, string>> = {
  spark: 'Spark',
  pen: 'Pen',
  picture: 'Picture',
  voice: 'Voice',
  search: 'Search',
  list: 'List',
}

interface IconPickerProps {
  readonly icon: string
  readonly error: string | undefined
  readonly onChange: (icon: string) => void
}

/** One of the drawn icons, or an emoji. */
export function IconPicker({ icon, error, onChange }: IconPickerProps) {
  const drawn = (RECIPE_ICONS as readonly string[]).includes(icon)
  return (
    <div className={styles.icons}>
      <div className={styles.drawn} role="group" aria-label="Icon">
        {RECIPE_ICONS.map((name) => (
          <IconButton
            key={name}
            label={NAMES[name]}
            aria-pressed={icon === name}
            icon={<RecipeIcon icon={name} size={18} />}
            className={icon === name ? styles.chosen : undefined}
            onClick={() => onChange(name)}
          />
        ))}
      </div>
      <Field label="or an emoji" error={error} className={styles.emoji}>
        <TextInput
          value={drawn ? '' : icon}
          maxLength={32}
          onChange={(event) => onChange(event.currentTarget.value.trim())}
        />
      </Field>
    </div>
  )
}
