import type { TeamView } from '#shared/host/team.ts'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { useHostData } from '../../state/host.ts'
import { type MachineLine, type MemberUsage, usageByMember } from './usage-by-member.ts'

/** Who used how much, on which machine. */
export function UsageSection({ team }: { readonly team: TeamView }) {
  const { data, error, reload } = useHostData('team.usage', {}, { refreshOn: ['usage', 'sync'] })
  return (
    <Section
      title="Usage by member and machine"
      text="Each machine’s runs, as far as they have been reported."
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading usage" lines={3} height={32} />}
      {data?.length === 0 && <p>Nobody has run anything yet.</p>}
      {data && data.length > 0 && (
        <Table framed aria-label="Usage by member and machine">
          <TableHead
            columns={[
              'Member',
              { numeric: 'Runs this cycle' },
              { numeric: 'Credits this cycle' },
              { numeric: 'Runs' },
              { numeric: 'Credits' },
            ]}
          />
          {usageByMember(data, team).map((member) => (
            <MemberRows key={member.memberId} member={member} />
          ))}
        </Table>
      )}
    </Section>
  )
}

function MemberRows({ member }: { readonly member: MemberUsage }) {
  return (
    <tbody>
      <tr>
        <Td wide>
          <strong>{member.name}</strong>
        </Td>
        <Figures of={member} />
      </tr>
      {member.machines.map((machine) => (
        <tr key={machine.deviceId}>
          <Td wide>
            <Note>
              {machine.name}
              {machine.newer > 0 && ` · and ${machine.newer} of a newer version`}
            </Note>
          </Td>
          <Figures of={machine} />
        </tr>
      ))}
    </tbody>
  )
}

function Figures({
  of: { thisCycle, allTime },
}: {
  readonly of: Pick<MachineLine, 'thisCycle' | 'allTime'>
}) {
  return (
    <>
      <Td numeric>{thisCycle.runs}</Td>
      <Td numeric>
        <Credits amount={thisCycle.credits} />
      </Td>
      <Td numeric>{allTime.runs}</Td>
      <Td numeric>
        <Credits amount={allTime.credits} />
      </Td>
    </>
  )
}
