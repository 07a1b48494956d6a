import { X } from 'lucide-react'
import { openCharge } from '../../state/charge-dialog.ts'
import { useAppStore, useNotices } from '../../state/app-store.ts'
import { dismissNotice } from '../../state/start.ts'
import { Button, IconButton } from '../../kit/button.tsx'
import { Time } from '../../kit/time.tsx'
import { classes } from '../../kit/classes.ts'
import styles from './banner.module.css'

/** What the person is told once: an interrupted run, a failed backup, repaired damage. */
export function NoticeBar() {
  const notices = useNotices()
  const fresh = useAppStore((state) => state.fresh)
  const [first, ...more] = notices
  if (!first || !fresh) return null
  return (
    <div className={classes(styles.banner, styles.notice)} role="status">
      <p className={styles.words}>
        {first.message} <Time at={first.at} />
      </p>
      {first.operationId !== null && (
        <Button
          size="small"
          onClick={() => {
            if (first.operationId !== null) openCharge(first.operationId)
          }}
        >
          How this was charged
        </Button>
      )}
      {more.length > 0 && <span className={styles.more}>{more.length} more</span>}
      <IconButton
        size="small"
        label="Dismiss"
        icon={<X size={16} aria-hidden />}
        onClick={() => dismissNotice(first.id)}
      />
    </div>
  )
}
