import { useState } from 'react'
import { Pencil, Trash2 } from 'lucide-react'
import type { Cap } from '#shared/catalog/policies.ts'
import type { CapView } from '#shared/host/policies.ts'
import type { CapUse } from '#shared/policy/caps.ts'
import type { TeamView } from '#shared/host/team.ts'
import { Badge } from '../kit/badge.tsx'
import { IconButton } from '../kit/button.tsx'
import { creditsInWords, formatCredits } from '../kit/format.ts'
import { Meter } from '../kit/meter.tsx'
import { Note } from '../kit/note.tsx'
import { CellTitle, Table, TableHead, Td } from '../kit/table.tsx'
import { Time } from '../kit/time.tsx'
import { callOrTell } from '../state/host.ts'
import { CAP_SOURCES, type CapNames, capWords, isKnown } from '../words/cap-words.ts'
import { CapForm } from './cap-form.tsx'
import styles from './caps.module.css'

interface CapTableProps {
  readonly label: string
  readonly caps: readonly CapView[]
  readonly names: CapNames
  readonly team: TeamView | null
  /** Whether the person may change those of their own, or of the team. */
  readonly mayChange: boolean
  readonly reload: () => void
}

/** Caps in force, how much of each is used and by whom, and what may be done about them. */
export function CapTable(props: CapTableProps) {
  const { label, caps, names, team, reload } = props
  const [changing, setChanging] = useState<Cap | null>(null)
  return (
    <>
      <Table framed aria-label={label}>
        <TableHead columns={['Cap', 'Used', { hidden: 'Change or remove' }]} />
        <tbody>
          {caps.map((view) => (
            <CapRow
              {...props}
              key={`${view.source} ${view.cap.id}`}
              view={view}
              onChange={() => setChanging(view.cap)}
            />
          ))}
        </tbody>
      </Table>
      {changing && (
        <CapForm
          cap={changing}
          names={names}
          team={team}
          onClose={() => setChanging(null)}
          onSaved={reload}
        />
      )}
    </>
  )
}

interface CapRowProps extends CapTableProps {
  readonly view: CapView
  readonly onChange: () => void
}

function CapRow({ view, names, team, mayChange, reload, onChange }: CapRowProps) {
  const { cap, source, uses } = view
  const remove = async () => {
    if (await callOrTell('caps.remove', { capId: cap.id })) reload()
  }
  return (
    <tr>
      <Td wide>
        <CellTitle title={cap.name}>
          <Badge tone={cap.kind === 'hard' ? 'caution' : 'plain'}>
            {cap.kind === 'hard' ? 'Refuses' : 'Warns'}
          </Badge>
        </CellTitle>
        <Note>
          {capWords(cap, names)}. {CAP_SOURCES[team ? 'team' : 'alone'][source]}.
        </Note>
      </Td>
      <Td className={styles.use}>
        {uses.filter(isKnown(cap, names)).map((use) => (
          <Use key={use.of.join(' ')} cap={cap} use={use} names={names} />
        ))}
      </Td>
      <Td numeric>
        {source === 'own' && mayChange && (
          <span className={styles.acts}>
            <IconButton
              size="small"
              label={`Change ${cap.name}`}
              icon={<Pencil size={16} aria-hidden />}
              onClick={onChange}
            />
            <IconButton
              size="small"
              label={`Remove ${cap.name}`}
              icon={<Trash2 size={16} aria-hidden />}
              onClick={remove}
            />
          </span>
        )}
      </Td>
    </tr>
  )
}

interface UseProps {
  readonly cap: Cap
  readonly use: CapUse
  readonly names: CapNames
}

function Use({ cap, use: { of, used, resetsAt }, names }: UseProps) {
  const who = of.map((id) => names.people.get(id) ?? names.operations.get(id) ?? id).join(', ')
  return (
    <div>
      <Meter
        label={who === '' ? `Used of ${cap.name}` : `Used of ${cap.name} by ${who}`}
        value={used}
        max={cap.limit}
        tone={used >= cap.limit ? 'bad' : 'plain'}
      />
      <Note>
        {who !== '' && `${who}: `}
        {formatCredits(used)} of {creditsInWords(cap.limit)}, until <Time at={resetsAt} />
      </Note>
    </div>
  )
}
