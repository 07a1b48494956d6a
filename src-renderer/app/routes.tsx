import { Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { ChatStudio } from '../features/studio/chat/chat-studio.tsx'
import { EmptyState } from '../kit/empty-state.tsx'
import { ButtonLink } from '../kit/button.tsx'
import { onDemand } from '../kit/on-demand.tsx'

const ImageStudio = onDemand(
  async () => (await import('../features/studio/image/image-studio.tsx')).ImageStudio,
)
const VoiceStudio = onDemand(
  async () => (await import('../features/studio/voice/voice-studio.tsx')).VoiceStudio,
)
const RecipesPage = onDemand(
  async () => (await import('../features/recipes/recipes-page.tsx')).RecipesPage,
)
const RecipeEditor = onDemand(
  async () => (await import('../features/recipes/recipe-editor.tsx')).RecipeEditor,
)
const LibraryPage = onDemand(
  async () => (await import('../features/library/library-page.tsx')).LibraryPage,
)
const UsagePage = onDemand(async () => (await import('../features/usage/usage-page.tsx')).UsagePage)
const RatesPage = onDemand(async () => (await import('../features/rates/rates-page.tsx')).RatesPage)
const BillingPage = onDemand(
  async () => (await import('../features/billing/billing-page.tsx')).BillingPage,
)
const TeamPage = onDemand(async () => (await import('../features/team/team-page.tsx')).TeamPage)
const CatalogPage = onDemand(
  async () => (await import('../features/catalog/catalog-page.tsx')).CatalogPage,
)
const SettingsPage = onDemand(
  async () => (await import('../features/settings/settings-page.tsx')).SettingsPage,
)

export function Routes() {
  return (
    <Suspense fallback={null}>
      <Switch>
        <Route path="/chat/:threadId?">
          {({ threadId }) => <ChatStudio threadId={threadId} />}
        </Route>
        <Route path="/image" component={ImageStudio} />
        <Route path="/voice" component={VoiceStudio} />
        <Route path="/recipes" component={RecipesPage} />
        <Route path="/recipes/:recipeId">
          {({ recipeId }) => <RecipeEditor recipeId={recipeId} />}
        </Route>
        <Route path="/library" component={LibraryPage} />
        <Route path="/usage" component={UsagePage} />
        <Route path="/rates" component={RatesPage} />
        <Route path="/billing" component={BillingPage} />
        <Route path="/team" component={TeamPage} />
        <Route path="/catalog/:part?">{({ part }) => <CatalogPage part={part} />}</Route>
        <Route path="/settings/:section?">
          {({ section }) => <SettingsPage section={section} />}
        </Route>
        <Route path="/" />
        <Route path="/index.html" />
        <Route>
          <EmptyState title="There is no such page" text="The address leads nowhere in Tallystick.">
            <ButtonLink href="/chat">Go to Chat</ButtonLink>
          </EmptyState>
        </Route>
      </Switch>
    </Suspense>
  )
}
