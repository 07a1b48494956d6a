import { useMemo, useState } from 'react'
import type { TeamView } from '#shared/host/team.ts'
import { hasRight } from '#shared/team/members.ts'
import { CapForm } from '../../components/cap-form.tsx'
import { CapTable } from '../../components/cap-table.tsx'
import { Button } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { capNames } from '../../words/cap-words.ts'

/** What members may spend each, and what they did. All other caps are in Plan & billing. */
export function CapsSection({ team }: { readonly team: TeamView }) {
  const [adding, setAdding] = useState(false)
  const rates = useHostData('rates.read', {}).data
  const { data, error, reload } = useHostData(
    'policies.read',
    {},
    { refreshOn: ['policies', 'usage'] },
  )
  const names = useMemo(
    () => capNames(new Map(rates?.operations.map(({ id, name }) => [id, name])), team),
    [rates, team],
  )
  const mayChange = hasRight(team.role, 'set-caps')
  const caps = data?.caps.filter(
    ({ cap: { scope } }) => scope.member !== undefined || scope.device !== undefined,
  )
  return (
    <Section
      title="Caps for members"
      text="What a member or a machine may spend in a stretch of time. Each machine goes by what it has run and what the others have reported; one that is cut off does not know of their runs."
      actions={mayChange && <Button onClick={() => setAdding(true)}>Add a cap</Button>}
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading caps" lines={2} height={28} />}
      {caps?.length === 0 && <p>No member has a cap: each may use what the team has.</p>}
      {caps && caps.length > 0 && (
        <CapTable
          label="Caps for members"
          caps={caps}
          names={names}
          team={team}
          mayChange={mayChange}
          reload={reload}
        />
      )}
      {adding && (
        <CapForm
          names={names}
          team={team}
          forMembers
          onClose={() => setAdding(false)}
          onSaved={reload}
        />
      )}
    </Section>
  )
}
