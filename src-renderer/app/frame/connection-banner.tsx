import { useConnected } from '../../state/app-store.ts'
import { Delayed } from '../../kit/skeleton.tsx'
import styles from './banner.module.css'

/** While the line to the host is lost. What is typed stays; runs go on in the host. */
export function ConnectionBanner() {
  const connected = useConnected()
  return (
    <div role="status">
      {!connected && (
        <Delayed>
          <p className={styles.banner}>
            Reconnecting to Tallystick on this machine. What you typed is kept, and runs go on.
          </p>
        </Delayed>
      )}
    </div>
  )
}
