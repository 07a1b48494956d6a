/** Keeps the workspace open, or knows why it is not and what can be done about it. */

import type { CallParsed } from '#shared/host/calls.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { LedgerStatus } from '#shared/host/ledger.ts'
import { quarantineTail, restoreFromBackup } from '../ledger/damage.ts'
import type { HostParts } from './parts.ts'
import { openWorkspace } from './open-workspace.ts'
import type { Workspace } from './workspace.ts'

export type Remedy = CallParsed<'ledger.repair'>['remedy']

export interface WorkspaceKeeper {
  /** The open workspace, or the error of the ledger that did not open. */
  current(): Result<Workspace>
  status(): LedgerStatus
  /** Tries again to open, after applying `remedy`. */
  repair(remedy: Remedy): Promise<Result<null>>
  close(): Promise<void>
}

const BACKUP_LOOK_MS = 10 * 60_000
const FIRST_BACKUP_MS = 60_000
/** Soon after the first screen, so that opening Usage need not wait for the reader's worker. */
const WARM_READER_MS = 1_500

export async function keepWorkspace(parts: HostParts): Promise<WorkspaceKeeper> {
  const { timers, log, notices, events } = parts
  let workspace: Result<Workspace> = failure('starting', 'Tallystick is starting.')
  workspace = await openWorkspace(parts, troubleChanged)
  let cancelBackup = timers.after(FIRST_BACKUP_MS, () => void backUpWhenDue())
  const cancelWarmUp = timers.after(WARM_READER_MS, () => {
    if (workspace.ok) workspace.data.ledger.history.warmUp()
  })
  report()

  function report(): void {
    if (!workspace.ok) log.error('The ledger did not open', { code: workspace.error.code })
  }

  function troubleChanged(): void {
    const told = status()
    if (told.state === 'failing') {
      log.error('The ledger takes no entries', { code: told.error.code })
    } else {
      log.info('The ledger takes entries again', {})
    }
    events.emit({ type: 'ledger', status: told })
  }

  function status(): LedgerStatus {
    if (!workspace.ok) {
      const { error } = workspace
      return { state: 'unavailable', error, remedies: remediesOf(error.code) }
    }
    const { ledger, trouble } = workspace.data
    const { sequence: entries, hash: head } = ledger.head()
    const error = trouble()
    return error ? { state: 'failing', error, entries, head } : { state: 'ok', entries, head }
  }

  async function backUpWhenDue(): Promise<void> {
    cancelBackup = timers.after(BACKUP_LOOK_MS, () => void backUpWhenDue())
    if (!workspace.ok || !workspace.data.ledger.isBackupDue()) return
    const backup = await workspace.data.ledger.backup()
    if (backup.ok) return
    log.warn('A backup failed', { code: backup.error.code })
    const notice = {
      id: 'backup-failed',
      kind: 'backup-failed',
      at: parts.clock.now(),
      message: `The ledger could not be backed up: ${backup.error.message}`,
      operationId: null,
    } as const
    notices.add(notice)
    events.emit({ type: 'notice', notice })
  }

  function applyRemedy(remedy: Remedy): Result<null> {
    if (remedy === 'retry') return success(null)
    const repaired =
      remedy === 'restore'
        ? restoreFromBackup(parts.ledgerDirectory, parts.ledgerPorts)
        : quarantineTail(parts.ledgerDirectory, parts.ledgerPorts)
    if (!repaired.ok) return repaired
    notices.add({
      id: `damage-repaired:${parts.clock.now()}`,
      kind: 'damage-repaired',
      at: parts.clock.now(),
      message: repaired.data.message,
      operationId: null,
    })
    return success(null)
  }

  return {
    current: () => workspace,
    status,
    async repair(remedy) {
      if (workspace.ok) return success(null)
      if (!remediesOf(workspace.error.code).includes(remedy)) {
        return failure('wrong_remedy', 'That does not help with this problem.')
      }
      const applied = applyRemedy(remedy)
      if (!applied.ok) return applied
      workspace = await openWorkspace(parts, troubleChanged)
      report()
      return workspace.ok ? success(null) : workspace
    },
    async close() {
      cancelBackup()
      cancelWarmUp()
      if (workspace.ok) await workspace.data.close()
    },
  }
}

function remediesOf(code: string): readonly Remedy[] {
  return code === 'ledger_damaged' ? ['restore', 'quarantine', 'retry'] : ['retry']
}
