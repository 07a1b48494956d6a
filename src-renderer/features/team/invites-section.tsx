import { useState } from 'react'
import { UserPlus } from 'lucide-react'
import type { MadeInvite, TeamView } from '#shared/host/team.ts'
import { hasRight, type InviteView } from '#shared/team/members.ts'
import { Button } from '../../kit/button.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { callOrTell } from '../../state/host.ts'
import { inviteWords, isOpen, ROLE_NAMES } from '../../words/team-words.ts'
import { InviteDialog } from './invite-dialog.tsx'

interface InvitesSectionProps {
  readonly team: TeamView
  readonly reload: () => void
}

/** Ways in that were given out: for people, and for other machines of one's own. */
export function InvitesSection({ team, reload }: InvitesSectionProps) {
  const [inviting, setInviting] = useState(false)
  const [made, setMade] = useState<MadeInvite | null>(null)
  const close = () => {
    setInviting(false)
    setMade(null)
  }
  return (
    <Section
      title="Invites"
      text="A code or link lets somebody in, or another machine of yours."
      actions={
        <Button
          size="small"
          icon={<UserPlus size={14} aria-hidden />}
          onClick={() => setInviting(true)}
        >
          Invite
        </Button>
      }
    >
      {team.invites.length === 0 ? (
        <Note>None is open.</Note>
      ) : (
        <Table framed aria-label="Invites">
          <TableHead columns={['For', 'State', { hidden: 'Revoke' }]} />
          <tbody>
            {team.invites.map((invite) => (
              <InviteRow key={invite.id} invite={invite} team={team} reload={reload} />
            ))}
          </tbody>
        </Table>
      )}
      {inviting && (
        <InviteDialog
          mayInvitePeople={hasRight(team.role, 'invite')}
          mayMakeOwners={hasRight(team.role, 'manage-owners')}
          made={made}
          onMade={(invite) => {
            setMade(invite)
            reload()
          }}
          onClose={close}
        />
      )}
    </Section>
  )
}

interface InviteRowProps extends InvitesSectionProps {
  readonly invite: InviteView
}

function InviteRow({ invite, team, reload }: InviteRowProps) {
  const timeZone = useTimeZone()
  const owner = team.members.find(({ id }) => id === invite.memberId)
  const name = owner
    ? `Another machine of ${owner.own ? 'yours' : owner.name}`
    : `A new ${ROLE_NAMES[invite.role].toLowerCase()}`
  const now = team.asOf
  return (
    <tr>
      <Td wide>{name}</Td>
      <Td>{inviteWords(invite, now, timeZone)}</Td>
      <Td numeric>
        {isOpen(invite, now) && (
          <Button
            size="small"
            aria-label={`Revoke the invite for ${name}`}
            onClick={async () => {
              if (await callOrTell('team.revokeInvite', { inviteId: invite.id })) reload()
            }}
          >
            Revoke
          </Button>
        )}
      </Td>
    </tr>
  )
}
