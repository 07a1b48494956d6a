import { useState } from 'react'
import { MoreHorizontal } from 'lucide-react'
import type { TeamDeviceView, TeamView } from '#shared/host/team.ts'
import { hasRight } from '#shared/team/members.ts'
import { Badge } from '../../kit/badge.tsx'
import { IconButton } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { Menu, type MenuItem } from '../../kit/menu.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time, useTimeZone } from '../../kit/time.tsx'
import { callOrTell } from '../../state/host.ts'
import { deviceWords } from '../../words/team-words.ts'
import { RenameDialog } from './rename-dialog.tsx'

interface DevicesSectionProps {
  readonly team: TeamView
  readonly reload: () => void
}

/** The machines of the team: where they are and what each may spend by itself. */
export function DevicesSection({ team, reload }: DevicesSectionProps) {
  return (
    <Section
      title="Machines"
      text={
        <>
          Each spends its own part without asking. As the server knew it <Time at={team.asOf} />.
        </>
      }
    >
      <Table framed aria-label="Machines">
        <TableHead
          columns={['Machine', 'State', { numeric: 'Its part' }, 'Good until', { hidden: 'More' }]}
        />
        <tbody>
          {team.devices.map((device) => (
            <DeviceRow key={device.id} device={device} team={team} reload={reload} />
          ))}
        </tbody>
      </Table>
    </Section>
  )
}

interface DeviceRowProps extends DevicesSectionProps {
  readonly device: TeamDeviceView
}

function DeviceRow({ device, team, reload }: DeviceRowProps) {
  const timeZone = useTimeZone()
  const { lease, spentOffline } = device
  const member = team.members.find(({ id }) => id === device.memberId)
  return (
    <tr>
      <Td wide>
        {device.name} {device.own && <Badge tone="accent">This machine</Badge>}
        <Note>
          {member?.name ?? 'Unknown'} · {device.platform} · {device.appVersion}
        </Note>
      </Td>
      <Td>
        {deviceWords(device, timeZone)}
        {spentOffline !== null && spentOffline > 0 && (
          <Note>{creditsInWords(spentOffline)} not reported yet</Note>
        )}
      </Td>
      <Td numeric>
        {lease ? <Credits amount={lease.outstanding} /> : '–'}
        {lease !== null && lease.toCome > 0 && <Note>{creditsInWords(lease.toCome)} to come</Note>}
        {lease !== null && lease.reclaimed > 0 && (
          <Note>{creditsInWords(lease.reclaimed)} taken back</Note>
        )}
      </Td>
      <Td>
        {lease && device.standing === 'active' ? (
          <Time at={lease.expiresAt} style="day-year" />
        ) : (
          '–'
        )}
      </Td>
      <Td numeric>
        <DeviceMenu device={device} team={team} reload={reload} />
      </Td>
    </tr>
  )
}

type Doing = 'rename' | 'revoke' | 'lose' | null

function DeviceMenu({ device, team, reload }: DeviceRowProps) {
  const [doing, setDoing] = useState<Doing>(null)
  const manages = hasRight(team.role, 'manage-devices')
  const ofMine = device.memberId === team.memberId
  const active = device.standing === 'active'
  const items: MenuItem[] = []
  if (active && (ofMine || manages)) {
    items.push({ label: 'Rename', onSelect: () => setDoing('rename') })
  }
  if (active && !device.own && (ofMine || manages)) {
    items.push({ label: 'Revoke', danger: true, onSelect: () => setDoing('revoke') })
    items.push({ label: 'It is lost', danger: true, onSelect: () => setDoing('lose') })
  }
  if (items.length === 0) return null
  const deviceId = device.id
  const part = device.lease ? creditsInWords(device.lease.outstanding) : 'its part'
  return (
    <>
      <Menu
        trigger={
          <IconButton
            size="small"
            label={`More about ${device.name}`}
            icon={<MoreHorizontal size={16} aria-hidden />}
          />
        }
        items={items}
      />
      {doing === 'rename' && (
        <RenameDialog
          title={`Rename ${device.name}`}
          label="Name"
          name={device.name}
          onClose={() => setDoing(null)}
          onRename={async (name) => {
            const done = await callOrTell('team.rename', {
              named: { kind: 'device', id: deviceId },
              name,
            })
            if (done) reload()
            return done !== null
          }}
        />
      )}
      <ConfirmDialog
        open={doing === 'revoke'}
        onClose={() => setDoing(null)}
        title={`Revoke ${device.name}?`}
        text="It gets no more credits and may not join again by itself. What it has is given back once it connects; what it has spent by then still counts."
        confirmLabel="Revoke"
        onConfirm={async () => {
          if (await callOrTell('team.revokeDevice', { deviceId })) reload()
        }}
      />
      <ConfirmDialog
        open={doing === 'lose'}
        onClose={() => setDoing(null)}
        title={`Is ${device.name} lost?`}
        text={`Its part, ${part}, is taken back for the others at once. Whoever has it could spend at most that until its lease ends; if that ever surfaces, it counts as debt that the next credits pay.`}
        confirmLabel="Take it back"
        onConfirm={async () => {
          if (await callOrTell('team.loseDevice', { deviceId })) reload()
        }}
      />
    </>
  )
}
