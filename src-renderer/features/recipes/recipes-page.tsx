import { type DragEvent, useRef, useState } from 'react'
import { BookMarked, FileUp, Plus } from 'lucide-react'
import { useLocation } from 'wouter'
import { RECIPE_EXTENSION } from '#shared/recipes/file.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import { RecipeIcon } from '../../components/recipe-icon.tsx'
import { Button } from '../../kit/button.tsx'
import { classes } from '../../kit/classes.ts'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { EmptyState, ErrorState } from '../../kit/empty-state.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { callOrTell, useHostData } from '../../state/host.ts'
import { type RecipeSeed, setRecipeSeed } from '../../state/recipe-seed.ts'
import { CreatorEarnings, EarnedOnServer } from './creator-earnings.tsx'
import { RecipeCard } from './recipe-card.tsx'
import { RECIPE_SEEDS } from './recipe-seeds.ts'
import { importFiles } from './transfer.ts'
import styles from './recipes.module.css'

/** Recipes: saved prompts to run again, own ones and others'; and what they brought. */
export function RecipesPage() {
  const { data, error, loading, reload } = useHostData('recipes.list', {}, RECIPES)
  const [deleting, setDeleting] = useState<RecipeView | null>(null)
  const drop = useFileDrop()
  return (
    <div className={classes(styles.place, drop.over && styles.over)} {...drop.handlers}>
      <Page>
        <Section
          title="Recipes"
          text="A saved prompt with blanks to fill, and how its studio is set up. Running somebody else’s recipe costs a little more, which goes to whoever made it."
          actions={<Actions />}
        >
          {data && data.length > 0 && (
            <ul className={styles.grid}>
              {data.map((recipe) => (
                <li key={recipe.id}>
                  <RecipeCard recipe={recipe} onDelete={() => setDeleting(recipe)} />
                </li>
              ))}
            </ul>
          )}
          {data?.length === 0 && <FirstUse />}
          {!data && error && <ErrorState error={error} onRetry={reload} />}
          {!data && loading && <Skeleton label="Loading recipes" lines={2} height={140} />}
        </Section>
        {data && <CreatorEarnings recipes={data} />}
        <EarnedOnServer />
      </Page>
      <ConfirmDialog
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete “${deleting?.name ?? ''}”?`}
        text="What was made with it stays in the library, and what it cost stays in Usage. If you have not exported it, it is gone for good."
        confirmLabel="Delete recipe"
        onConfirm={async () => {
          if (deleting) await callOrTell('recipes.delete', { recipeId: deleting.id })
        }}
      />
    </div>
  )
}

const RECIPES = { refreshOn: ['recipes'] } as const

function Actions() {
  const [, navigate] = useLocation()
  return (
    <>
      <ImportButton />
      <Button
        variant="primary"
        icon={<Plus size={16} aria-hidden />}
        onClick={() => {
          setRecipeSeed({})
          navigate('/recipes/new')
        }}
      >
        New recipe
      </Button>
    </>
  )
}

function ImportButton() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={RECIPE_EXTENSION}
        aria-label="Recipe files"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          void importFiles(files)
        }}
      />
      <Button icon={<FileUp size={16} aria-hidden />} onClick={() => input.current?.click()}>
        Import
      </Button>
    </>
  )
}

/** Files dropped anywhere on the page are taken in. */
function useFileDrop() {
  const [over, setOver] = useState(false)
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files')
  return {
    over,
    handlers: {
      onDragOver(event: DragEvent) {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(true)
      },
      onDragLeave(event: DragEvent) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      },
      onDrop(event: DragEvent) {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(false)
        void importFiles([...event.dataTransfer.files])
      },
    },
  }
}

/** Nothing here yet: what recipes are for, with three to begin from. */
function FirstUse() {
  const [, navigate] = useLocation()
  const begin = (seed: RecipeSeed) => {
    setRecipeSeed(seed)
    navigate('/recipes/new')
  }
  return (
    <>
      <EmptyState
        icon={<BookMarked size={24} aria-hidden />}
        title="No recipes yet"
        text="Save a prompt you keep coming back to, begin from one of these, or drop a .tallyrecipe file here."
      />
      <ul className={styles.grid} aria-label="To begin from">
        {RECIPE_SEEDS.map((seed) => (
          <li key={seed.name}>
            <button type="button" className={styles.seed} onClick={() => begin(seed)}>
              <span className={styles.seedHead}>
                <RecipeIcon icon={seed.icon ?? 'spark'} />
                <strong>{seed.name}</strong>
              </span>
              <span className={styles.soft}>{seed.prompt}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
