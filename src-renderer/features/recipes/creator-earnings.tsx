import { addCredits, type Credits as Amount, ZERO } from '#shared/credits/amount.ts'
import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { formatCount } from '../../kit/format.ts'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { useHostData } from '../../state/host.ts'
import styles from './recipes.module.css'

/** Counts and credits by recipe, as this machine's ledger knows them; never what was made. */
export function CreatorEarnings({ recipes }: { readonly recipes: readonly RecipeView[] }) {
  const { data, error, loading, reload } = useHostData('recipes.earnings', {}, USAGE)
  return (
    <Section
      title="Creator earnings"
      text="How often recipes were run on this machine, and what went to their creators. A creator sees these figures and never a prompt or a result."
    >
      {data && data.length > 0 && <EarningsTable earnings={data} recipes={recipes} />}
      {data?.length === 0 && <p className={styles.soft}>No recipe has been run here yet.</p>}
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && loading && <Skeleton label="Loading creator earnings" lines={3} height={32} />}
    </Section>
  )
}

/** What own recipes earned in teams of one's server; nothing where there is no team. */
export function EarnedOnServer() {
  const { data, error, reload } = useHostData('recipes.earned', {}, TEAM)
  if (!data && !error) return null
  return (
    <Section
      title="Earned with your recipes"
      text="What all teams on your server brought you, as it says now; the credits are your team’s."
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {data?.length === 0 && (
        <p className={styles.soft}>No recipe of yours has been run elsewhere yet.</p>
      )}
      {data && data.length > 0 && (
        <Table aria-label="Earned with your recipes">
          <TableHead columns={['Recipe', { numeric: 'Runs' }, { numeric: 'Credits' }]} />
          <tbody>
            {data.map(({ recipeId, recipeName, runs, credits }) => (
              <tr key={recipeId}>
                <Td>{recipeName}</Td>
                <Td numeric>{formatCount(runs)}</Td>
                <Td numeric>
                  <Credits amount={credits} />
                </Td>
              </tr>
            ))}
          </tbody>
          <Together rows={data} columns={3} />
        </Table>
      )}
    </Section>
  )
}

const USAGE = { refreshOn: ['usage'] } as const
const TEAM = { refreshOn: ['team'] } as const

interface EarningsTableProps {
  readonly earnings: readonly RecipeEarnings[]
  readonly recipes: readonly RecipeView[]
}

function EarningsTable({ earnings, recipes }: EarningsTableProps) {
  const own = recipes.find((recipe) => recipe.own)?.creator.key
  return (
    <Table aria-label="Creator earnings">
      <TableHead
        columns={['Recipe', 'Creator', { numeric: 'Runs' }, { numeric: 'Credits to the creator' }]}
      />
      <tbody>
        {earnings.map((row) => (
          <tr key={`${row.recipeId} ${row.creatorId}`}>
            <Td>{row.recipeName}</Td>
            <Td>{row.creatorId === own ? 'You' : creatorName(row, recipes)}</Td>
            <Td numeric>{formatCount(row.runs)}</Td>
            <Td numeric>
              <Credits amount={row.credits} />
            </Td>
          </tr>
        ))}
      </tbody>
      <Together rows={earnings} columns={4} />
    </Table>
  )
}

interface TogetherProps {
  readonly rows: readonly { readonly credits: Amount }[]
  /** Of the table, the last of which has the credits. */
  readonly columns: number
}

function Together({ rows, columns }: TogetherProps) {
  return (
    <tfoot>
      <tr className={styles.total}>
        <Td colSpan={columns - 1}>Together</Td>
        <Td numeric>
          <Credits amount={addCredits(ZERO, ...rows.map(({ credits }) => credits))} />
        </Td>
      </tr>
    </tfoot>
  )
}

/** The name on any recipe of theirs that is here, else the beginning of their key. */
function creatorName({ creatorId }: RecipeEarnings, recipes: readonly RecipeView[]): string {
  const known = recipes.find(({ creator }) => creator.key === creatorId)
  return known?.creator.name ?? `Creator ${creatorId.slice(0, 8)}`
}
