import type { SyncView } from '#shared/host/team.ts'
import { useAppStore, useConnected, useOnline } from '../../state/app-store.ts'
import { useHostData } from '../../state/host.ts'
import { formatCount, plural } from '../../kit/format.ts'
import { Popover, PopoverClose } from '../../kit/popover.tsx'
import { Time } from '../../kit/time.tsx'
import { Link } from 'wouter'
import { syncWord, troubleWords } from '../../words/team-words.ts'
import { classes } from '../../kit/classes.ts'
import styles from './status-badge.module.css'

/** One word and a dot; a click tells where the data is and when it was last backed up. */
export function StatusBadge() {
  const online = useOnline()
  const connected = useConnected()
  const { data: sync } = useHostData('sync.read', {}, { refreshOn: ['sync'] })
  const inTeam = sync && sync.status.state !== 'alone' ? sync : null
  const standing = (inTeam && syncWord(inTeam.status)) ?? (online ? 'Online' : 'Offline')
  const word = connected ? standing : 'Reconnecting'
  const well = inTeam ? inTeam.status.state === 'synced' : online
  const trouble = !connected || inTeam?.status.state === 'trouble'
  return (
    <Popover
      title="Where things stand"
      side="top"
      align="start"
      trigger={
        <button type="button" className={styles.badge} aria-label={`Status: ${word}`}>
          <span
            aria-hidden
            className={classes(styles.dot, trouble ? styles.lost : well && styles.online)}
          />
          {word}
        </button>
      }
    >
      <Truth online={online} sync={inTeam} />
    </Popover>
  )
}

function whereThingsAre(online: boolean, inTeam: boolean): string {
  if (!online) {
    return 'There is no network. Your ledger, history and local or practice models work as always.'
  }
  const users = inTeam
    ? 'the providers you set up and your team’s server'
    : 'the providers you set up'
  return `Everything is kept on this machine. The network is only used by ${users}.`
}

interface TruthProps {
  readonly online: boolean
  /** Null where there is no team. */
  readonly sync: SyncView | null
}

function Truth({ online, sync }: TruthProps) {
  const version = useAppStore(({ app }) => app?.version)
  const { data: ledger, error } = useHostData('ledger.read', {})
  return (
    <div className={styles.truth}>
      <p>{whereThingsAre(online, sync !== null)}</p>
      {sync?.status.state === 'trouble' && (
        <p role="alert">{troubleWords(sync.status.error, sync.status.remedy)}</p>
      )}
      {error && <p>{error.message}</p>}
      {ledger && (
        <dl className={styles.facts}>
          <dt>Ledger</dt>
          <dd>
            {ledger.status.state !== 'unavailable'
              ? `${formatCount(ledger.status.entries)} entries`
              : 'Not open'}
          </dd>
          {sync && (
            <>
              <dt>Team last reached</dt>
              <dd>{sync.lastContactAt === null ? 'Never' : <Time at={sync.lastContactAt} />}</dd>
              <dt>Waiting to be sent</dt>
              <dd>{plural(sync.pending, 'item')}</dd>
            </>
          )}
          <dt>Last backup</dt>
          <dd>{ledger.lastBackup ? <Time at={ledger.lastBackup.at} /> : 'None yet'}</dd>
          <dt>Folder</dt>
          <dd className={styles.path}>{ledger.directory}</dd>
          <dt>Version</dt>
          <dd>{version}</dd>
        </dl>
      )}
      <PopoverClose
        nativeButton={false}
        render={<Link href="/settings/ledger">Ledger and backups in Settings</Link>}
      />
    </div>
  )
}
