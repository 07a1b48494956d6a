import { useAppStore, useConnected } from '../../state/app-store.ts'
import { Delayed } from '../../kit/skeleton.tsx'
import styles from './banner.module.css'

const RECONNECTING = 'Reconnecting to Tallystick on this machine. What you typed is kept.'

/** Each start lets in only windows that were opened from it. */
const STARTED_ANEW =
  'If you have started it again, go on in the window that opened then; this one can be closed.'
/** Longer than coming back takes. */
const LONG_MS = 10_000

/** While the line to the host is lost. What is typed stays. */
export function ConnectionBanner() {
  const connected = useConnected()
  // A window that never reached its host is told what to do instead.
  const message = useAppStore(({ app, error }) => (app ? null : error?.message)) ?? RECONNECTING
  const reached = useAppStore(({ app }) => app !== null)
  return (
    <div role="status">
      {!connected && (
        <Delayed>
          <p className={styles.banner}>
            {message}
            {reached && <Delayed ms={LONG_MS}> {STARTED_ANEW}</Delayed>}
          </p>
        </Delayed>
      )}
    </div>
  )
}
