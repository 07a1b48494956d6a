import { Copy, Download, Ellipsis, Pencil, Play, Trash2 } from 'lucide-react'
import { useLocation } from 'wouter'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import { RecipeIcon } from '../../components/recipe-icon.tsx'
import { Badge } from '../../kit/badge.tsx'
import { Button, IconButton } from '../../kit/button.tsx'
import { plural } from '../../kit/format.ts'
import { Menu, type MenuItem } from '../../kit/menu.tsx'
import { applyRecipe } from '../../state/applied-recipes.ts'
import { setRecipeSeed } from '../../state/recipe-seed.ts'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import { seedOf } from './recipe-form.ts'
import { exportRecipe } from './transfer.ts'
import styles from './recipes.module.css'

interface RecipeCardProps {
  readonly recipe: RecipeView
  readonly onDelete: () => void
}

/** One recipe: what it is, whose, and what can be done with it. */
export function RecipeCard({ recipe, onDelete }: RecipeCardProps) {
  const [, navigate] = useLocation()
  const { name, own, creator, setup, blanks } = recipe
  const run = () => {
    applyRecipe(recipe)
    navigate(`/${setup.studio}`)
  }
  const duplicate = () => {
    setRecipeSeed({ ...seedOf(recipe), name: `${name.slice(0, 55)} copy` })
    navigate('/recipes/new')
  }
  // Another's recipe is run as it is: a copy under one's own name would leave its creator out.
  const ownItems: readonly MenuItem[] = [
    {
      label: 'Edit',
      icon: <Pencil size={15} aria-hidden />,
      onSelect: () => navigate(`/recipes/${recipe.id}`),
    },
    { label: 'Duplicate', icon: <Copy size={15} aria-hidden />, onSelect: duplicate },
  ]
  const items: readonly MenuItem[] = [
    ...(own ? ownItems : []),
    {
      label: 'Export',
      icon: <Download size={15} aria-hidden />,
      onSelect: () => void exportRecipe(recipe),
    },
    {
      label: 'Delete',
      icon: <Trash2 size={15} aria-hidden />,
      danger: true,
      onSelect: onDelete,
    },
  ]
  return (
    <article className={styles.card} aria-label={`Recipe: ${name}`}>
      <div className={styles.cardHead}>
        <RecipeIcon icon={recipe.icon} />
        <h3 className={styles.name}>{name}</h3>
        <Menu
          trigger={
            <IconButton
              size="small"
              label={`More for ${name}`}
              icon={<Ellipsis size={16} aria-hidden />}
            />
          }
          items={items}
        />
      </div>
      <p className={styles.description}>{recipe.description || recipe.prompt}</p>
      <div className={styles.cardFoot}>
        <span className={styles.facts}>
          <Badge>{STUDIO_NAMES[setup.studio]}</Badge>
          <span className={styles.soft}>
            {own ? 'Yours' : `By ${creator.name}`}
            {blanks.length > 0 && ` · ${plural(blanks.length, 'blank')}`}
          </span>
        </span>
        <Button
          size="small"
          icon={<Play size={14} aria-hidden />}
          aria-label={`Run ${name}`}
          onClick={run}
        >
          Run
        </Button>
      </div>
    </article>
  )
}
