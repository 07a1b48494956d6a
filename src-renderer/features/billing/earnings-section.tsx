import { addCredits } from '#shared/credits/amount.ts'
import { ButtonLink } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords, plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'

/** What recipes brought their creators, in one line; the rest is on their own page. */
export function EarningsSection() {
  const { data, error, reload } = useHostData('recipes.earnings', {}, { refreshOn: ['usage'] })
  return (
    <Section
      title="Recipes and creator earnings"
      actions={<ButtonLink href="/recipes">Recipes</ButtonLink>}
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading earnings" lines={1} />}
      {data && (
        <Note>
          {data.length === 0
            ? 'No recipe of anybody else has been run here yet.'
            : `${plural(data.length, 'recipe')} brought their creators ${creditsInWords(
                addCredits(...data.map(({ credits }) => credits)),
              )}.`}
        </Note>
      )}
    </Section>
  )
}
