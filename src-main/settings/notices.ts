/** What a person is still to be told, in `notices.json`, until they dismiss it. */

import { join } from 'node:path'
import { z } from 'zod'
import { type Result, success } from '#shared/result.ts'
import type { NoticeView } from '#shared/host/views.ts'
import { readJsonFile, setAside, writeFileAtomic } from '../files/atomic-file.ts'
import type { Clock } from '#shared/ports/time.ts'
import { systemClock } from '../ports/time.ts'
import { fileFailure } from './file-failure.ts'

const NOTICES_FILE = 'notices.json'

/** Beyond this many the oldest are let go: nobody reads them. */
const MAX_NOTICES = 100

const noticesSchema = z.array(
  z.object({
    id: z.string(),
    kind: z.enum(['interrupted', 'backup-failed', 'damage-repaired', 'catalog-refused', 'alert']),
    at: z.int(),
    message: z.string(),
    operationId: z.string().nullable(),
  }),
)

export interface Notices {
  /** Open ones, oldest first. */
  list(): readonly NoticeView[]
  /**
   * Adds a notice; one that is open already stays as it is. Once dismissed it may come again. On
   * `disk_full` or `notices_not_writable` it is still listed until the app ends.
   */
  add(notice: NoticeView): Result<null>
  /** Dismissing one that is not there is fine. Fails as adding does. */
  dismiss(noticeId: string): Result<null>
}

/** Opens the notices in `directory`, which must exist; a damaged file is set aside. */
export function createNotices(directory: string, clock: Clock = systemClock): Notices {
  const file = join(directory, NOTICES_FILE)
  const stored = readJsonFile(file, noticesSchema)
  if (stored.state === 'damaged') setAside(file, clock.now())
  let open: readonly NoticeView[] = stored.state === 'ok' ? stored.data : []

  function keep(notices: readonly NoticeView[]): Result<null> {
    open = notices
    try {
      writeFileAtomic(file, `${JSON.stringify(open, null, 2)}\n`)
    } catch (error) {
      return fileFailure(error, 'notices_not_writable', 'The notices')
    }
    return success(null)
  }

  return {
    list: () => open,
    add(notice) {
      if (open.some(({ id }) => id === notice.id)) return success(null)
      return keep([...open, notice].slice(-MAX_NOTICES))
    },
    dismiss(noticeId) {
      if (!open.some(({ id }) => id === noticeId)) return success(null)
      return keep(open.filter(({ id }) => id !== noticeId))
    },
  }
}
