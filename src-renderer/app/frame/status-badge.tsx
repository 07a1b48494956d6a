import { useAppStore, useConnected, useOnline } from '../../state/app-store.ts'
import { useHostData } from '../../state/host.ts'
import { formatCount } from '../../kit/format.ts'
import { Popover, PopoverClose } from '../../kit/popover.tsx'
import { Time } from '../../kit/time.tsx'
import { Link } from 'wouter'
import { classes } from '../../kit/classes.ts'
import styles from './status-badge.module.css'

/** One word and a dot; a click tells where the data is and when it was last backed up. */
export function StatusBadge() {
  const online = useOnline()
  const connected = useConnected()
  const word = connected ? (online ? 'Online' : 'Offline') : 'Reconnecting'
  return (
    <Popover
      title="Where things stand"
      side="top"
      align="start"
      trigger={
        <button type="button" className={styles.badge} aria-label={`Status: ${word}`}>
          <span
            aria-hidden
            className={classes(styles.dot, connected ? online && styles.online : styles.lost)}
          />
          {word}
        </button>
      }
    >
      <Truth online={online} />
    </Popover>
  )
}

function Truth({ online }: { readonly online: boolean }) {
  const version = useAppStore(({ app }) => app?.version)
  const { data: ledger, error } = useHostData('ledger.read', {})
  return (
    <div className={styles.truth}>
      <p>
        {online
          ? 'Everything is kept on this machine. The network is only used by the providers you set up.'
          : 'There is no network. Your ledger, history and local or practice models work as always.'}
      </p>
      {error && <p>{error.message}</p>}
      {ledger && (
        <dl className={styles.facts}>
          <dt>Ledger</dt>
          <dd>
            {ledger.status.state !== 'unavailable'
              ? `${formatCount(ledger.status.entries)} entries`
              : 'Not open'}
          </dd>
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
