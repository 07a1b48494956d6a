import { useConnected } from '../../state/app-store.ts'
import { Delayed } from '../../kit/skeleton.tsx'
import styles from './banner.module.css'

/** While the line to the host is lost. What is typed stays. */
export function ConnectionBanner() {
  const connected = useConnected()
  return (
    <div role="status">
      {!connected && (
        <Delayed>
          <p className={styles.banner}>
            Reconnecting to Tallystick on this machine. What you typed is kept.
          </p>
        </Delayed>
      )}
    </div>
  )
}
