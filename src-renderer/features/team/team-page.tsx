import { useEffect } from 'react'
import type { TeamView } from '#shared/host/team.ts'
import { hasRight } from '#shared/team/members.ts'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { AlonePage } from './alone-page.tsx'
import { CapsSection } from './caps-section.tsx'
import { CreditsSection } from './credits-section.tsx'
import { DevicesSection } from './devices-section.tsx'
import { InvitesSection } from './invites-section.tsx'
import { LeaveSection } from './leave-section.tsx'
import { MembersSection } from './members-section.tsx'
import { UsageSection } from './usage-section.tsx'
import { WebhookSection } from './webhook-section.tsx'

/** Which machines are connected is told to nobody. */
const LOOK_EVERY_MS = 20_000

/** Team: who shares the credits, on which machines, and what this one has of them. */
export function TeamPage() {
  const { data, error, loading, reload } = useHostData('team.read', {}, { refreshOn: ['team'] })
  const waiting = loading && data === null
  useEffect(() => {
    const timer = setInterval(reload, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [reload])
  return (
    <Page>
      {waiting && <Skeleton label="Loading the team" lines={8} height={32} />}
      {!waiting && error && <ErrorState error={error} onRetry={reload} />}
      {!waiting && !error && data === null && <AlonePage onJoined={reload} />}
      {data && <Team team={data} reload={reload} />}
    </Page>
  )
}

interface TeamProps {
  readonly team: TeamView
  readonly reload: () => void
}

function Team({ team, reload }: TeamProps) {
  return (
    <>
      <CreditsSection team={team} reload={reload} />
      <MembersSection team={team} reload={reload} />
      <CapsSection team={team} />
      {hasRight(team.role, 'set-caps') && <WebhookSection />}
      <DevicesSection team={team} reload={reload} />
      <UsageSection team={team} />
      <InvitesSection team={team} reload={reload} />
      <LeaveSection team={team} reload={reload} />
    </>
  )
}
