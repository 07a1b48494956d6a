import { useState } from 'react'
import { Pencil } from 'lucide-react'
import type { SyncView, TeamView } from '#shared/host/team.ts'
import { hasRight } from '#shared/team/members.ts'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Time } from '../../kit/time.tsx'
import { callOrTell, useHostData } from '../../state/host.ts'
import { troubleWords } from '../../words/team-words.ts'
import { RenameDialog } from './rename-dialog.tsx'
import styles from './team.module.css'

interface CreditsSectionProps {
  readonly team: TeamView
  readonly reload: () => void
}

/** The pool as far as it is known here: this machine's part, the rest, and how fresh that is. */
export function CreditsSection({ team, reload }: CreditsSectionProps) {
  const [renaming, setRenaming] = useState(false)
  const { data: sync, reload: reread } = useHostData(
    'sync.read',
    {},
    { refreshOn: ['sync', 'balance'] },
  )
  return (
    <Section
      title={team.name}
      text={<Standing sync={sync} onRetry={reread} />}
      actions={
        hasRight(team.role, 'manage-members') && (
          <Button
            size="small"
            icon={<Pencil size={14} aria-hidden />}
            onClick={() => setRenaming(true)}
          >
            Rename team
          </Button>
        )
      }
    >
      <dl className={styles.figures}>
        <div>
          <dt>On this machine</dt>
          <dd className={styles.figure}>
            {sync?.lease && <Credits amount={sync.lease.available} />}
          </dd>
          <dd>
            <Note>
              {sync?.lease?.expiresAt != null ? (
                <>
                  Good without the server until <Time at={sync.lease.expiresAt} />
                </>
              ) : (
                'Nothing leased at present'
              )}
            </Note>
          </dd>
        </div>
        <div>
          <dt>Elsewhere in the team</dt>
          <dd className={styles.figure}>
            {sync?.elsewhere && <Credits amount={sync.elsewhere.amount} />}
          </dd>
          <dd>
            <Note>
              {sync?.elsewhere ? (
                <>
                  As of <Time at={sync.elsewhere.asOf} />
                </>
              ) : (
                'Known after the first contact'
              )}
            </Note>
          </dd>
        </div>
        {sync !== null && sync.debt > 0 && (
          <div>
            <dt>To be made up</dt>
            <dd className={styles.figure}>
              <Credits amount={sync.debt} />
            </dd>
            <dd>
              <Note>Spent after it was taken back; the next credits pay it</Note>
            </dd>
          </div>
        )}
      </dl>
      {renaming && (
        <RenameDialog
          title="Rename team"
          label="Name of the team"
          name={team.name}
          onClose={() => setRenaming(false)}
          onRename={async (name) => {
            const renamed = await callOrTell('team.rename', { named: { kind: 'team' }, name })
            if (renamed) reload()
            return renamed !== null
          }}
        />
      )}
    </Section>
  )
}

interface StandingProps {
  readonly sync: SyncView | null
  readonly onRetry: () => void
}

/** Where this machine stands with the server, in a sentence. */
function Standing({ sync, onRetry }: StandingProps) {
  if (!sync) return null
  const { status, pending } = sync
  const waiting = pending === 0 ? '' : ` ${plural(pending, 'item')} of this machine not sent yet.`
  const retry = async () => {
    if (await callOrTell('sync.retry', {})) onRetry()
  }
  switch (status.state) {
    case 'synced':
      return (
        <>
          In step with the server since <Time at={status.at} />.{waiting}
        </>
      )
    case 'syncing':
      return <>Telling and hearing what is new.{waiting}</>
    case 'offline':
      return (
        <>
          Offline since <Time at={status.since} />. Everything goes on from this machine’s part.
          {waiting}{' '}
          <Button size="small" onClick={retry}>
            Try now
          </Button>
        </>
      )
    case 'trouble':
      return (
        <>
          {troubleWords(status.error, status.remedy)}
          {waiting}{' '}
          <Button size="small" onClick={retry}>
            Try now
          </Button>
        </>
      )
    case 'alone':
      return null
  }
}
