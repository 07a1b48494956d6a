import { useState } from 'react'
import { MoreHorizontal } from 'lucide-react'
import type { TeamMemberView, TeamView } from '#shared/host/team.ts'
import { hasRight, ROLES, type Role } from '#shared/team/members.ts'
import { Badge } from '../../kit/badge.tsx'
import { IconButton } from '../../kit/button.tsx'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { Menu, type MenuItem } from '../../kit/menu.tsx'
import { Section } from '../../kit/page.tsx'
import { Select } from '../../kit/select.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { callOrTell } from '../../state/host.ts'
import { ROLE_NAMES, ROLE_TEXTS } from '../../words/team-words.ts'
import { RenameDialog } from './rename-dialog.tsx'

interface MembersSectionProps {
  readonly team: TeamView
  readonly reload: () => void
}

/** The people of the team and what each may do. */
export function MembersSection({ team, reload }: MembersSectionProps) {
  return (
    <Section title="Members">
      <Table framed aria-label="Members">
        <TableHead columns={['Name', 'Role', 'Since', { hidden: 'More' }]} />
        <tbody>
          {team.members.map((member) => (
            <MemberRow key={member.id} member={member} team={team} reload={reload} />
          ))}
        </tbody>
      </Table>
    </Section>
  )
}

interface MemberRowProps extends MembersSectionProps {
  readonly member: TeamMemberView
}

function MemberRow({ member, team, reload }: MemberRowProps) {
  const [doing, setDoing] = useState<'rename' | 'remove' | null>(null)
  const here = member.leftAt === null
  const manages = hasRight(team.role, 'manage-members')
  const mayTouch = member.role !== 'owner' || hasRight(team.role, 'manage-owners')
  const items: MenuItem[] = []
  if (here && (member.own || (manages && mayTouch))) {
    items.push({ label: 'Rename', onSelect: () => setDoing('rename') })
  }
  if (here && !member.own && manages && mayTouch) {
    items.push({
      label: 'Remove from the team',
      danger: true,
      onSelect: () => setDoing('remove'),
    })
  }
  return (
    <tr>
      <Td wide>
        {member.name} {member.own && <Badge tone="accent">You</Badge>}{' '}
        {!here && <Badge>Left</Badge>}
      </Td>
      <Td>
        <RoleCell
          member={member}
          team={team}
          reload={reload}
          editable={here && manages && mayTouch && !member.own}
        />
      </Td>
      <Td>
        <Time at={member.joinedAt} style="day-year" />
      </Td>
      <Td numeric>
        {items.length > 0 && (
          <Menu
            trigger={
              <IconButton
                size="small"
                label={`More about ${member.name}`}
                icon={<MoreHorizontal size={16} aria-hidden />}
              />
            }
            items={items}
          />
        )}
        {doing === 'rename' && (
          <RenameDialog
            title={`Rename ${member.name}`}
            label="Name"
            name={member.name}
            onClose={() => setDoing(null)}
            onRename={async (name) => {
              const done = await callOrTell('team.rename', {
                named: { kind: 'member', id: member.id },
                name,
              })
              if (done) reload()
              return done !== null
            }}
          />
        )}
        <ConfirmDialog
          open={doing === 'remove'}
          onClose={() => setDoing(null)}
          title={`Remove ${member.name}?`}
          text="Their machines get no more credits of the team. What they used stays in the history, and what they spent offline still counts."
          confirmLabel="Remove"
          onConfirm={async () => {
            if (await callOrTell('team.removeMember', { memberId: member.id })) reload()
          }}
        />
      </Td>
    </tr>
  )
}

interface RoleCellProps extends MemberRowProps {
  readonly editable: boolean
}

function RoleCell({ member, team, reload, editable }: RoleCellProps) {
  if (!editable) return <span>{ROLE_NAMES[member.role]}</span>
  const options = ROLES.filter(
    (role) => role !== 'owner' || hasRight(team.role, 'manage-owners'),
  ).map((role) => ({ value: role, label: ROLE_NAMES[role], detail: ROLE_TEXTS[role] }))
  const change = async (role: Role) => {
    if (await callOrTell('team.setRole', { memberId: member.id, role })) reload()
  }
  return (
    <Select
      label={`Role of ${member.name}`}
      hideLabel
      size="small"
      value={member.role}
      options={options}
      onChange={(role) => void change(role)}
    />
  )
}
