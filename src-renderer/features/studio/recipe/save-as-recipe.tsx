import { BookmarkPlus } from 'lucide-react'
import { useLocation } from 'wouter'
import type { RunRequest } from '#shared/host/requests.ts'
import type { RecipeSetup } from '#shared/recipes/recipe.ts'
import { IconButton } from '../../../kit/button.tsx'
import { modelsOf, useProviders } from '../../../state/app-store.ts'
import { setRecipeSeed } from '../../../state/recipe-seed.ts'

/** Begins a recipe with the prompt and the settings as they stand. */
export function SaveAsRecipe({ request }: { readonly request: RunRequest }) {
  const [, navigate] = useLocation()
  const model = modelsOf(useProviders(), request.studio).find(({ id }) => id === request.modelId)
  const save = () => {
    setRecipeSeed({
      prompt: promptOf(request),
      setup: setupOf(request),
      ...(model && { operation: model.operation, modelName: model.name }),
    })
    navigate('/recipes/new')
  }
  return (
    <IconButton
      size="small"
      label="Save as a recipe"
      icon={<BookmarkPlus size={16} aria-hidden />}
      onClick={save}
    />
  )
}

function promptOf(request: RunRequest): string {
  return request.studio === 'image' ? request.prompt : (request.text ?? '')
}

function setupOf(request: RunRequest): RecipeSetup {
  switch (request.studio) {
    case 'chat':
      return { studio: 'chat', length: request.length, webSearch: request.webSearch }
    case 'image':
      return { studio: 'image', count: request.count, shape: request.shape }
    case 'voice':
      return { studio: 'voice', voice: request.voice, speed: request.speed }
  }
}
