import { useAppStore, useConnected } from '../../state/app-store.ts'
import { Delayed } from '../../kit/skeleton.tsx'
import styles from './banner.module.css'

const RECONNECTING = 'Reconnecting to Tallystick on this machine. What you typed is kept.'

/** While the line to the host is lost. What is typed stays. */
export function ConnectionBanner() {
  const connected = useConnected()
  // A window that never reached its host is told what to do instead.
  const message = useAppStore(({ app, error }) => (app ? null : error?.message)) ?? RECONNECTING
  return (
    <div role="status">
      {!connected && (
        <Delayed>
          <p className={styles.banner}>{message}</p>
        </Delayed>
      )}
    </div>
  )
}
