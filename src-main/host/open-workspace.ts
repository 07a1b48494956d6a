/** Opens the workspace: the ledger, checked, recovered and up to date, and everything on it. */

import { type Result, success } from '#shared/result.ts'
import type { RunEnding } from '#shared/host/views.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { interruptedNotice, recoverRuns } from '../meter/recovery.ts'
import { createLedgerProbe } from './ledger-probe.ts'
import { watchLedger } from './ledger-watch.ts'
import type { HostParts } from './parts.ts'
import { assembleWorkspace, type Workspace } from './workspace.ts'

/**
 * Opens the ledger, settles what a crash left open, grants what is due, and makes the meter. Fails
 * with the ledger's codes, leaving nothing open.
 */
export async function openWorkspace(
  parts: HostParts,
  troubleChanged: () => void,
): Promise<Result<Workspace>> {
  const opened = openLedger(parts.ledgerDirectory, parts.ledgerPorts)
  if (!opened.ok) return opened
  const ledger = opened.data
  const recovered = await recover(parts, ledger)
  if (!recovered.ok) {
    await ledger.close()
    return recovered
  }
  const watch = watchLedger(ledger, {
    probe: createLedgerProbe(parts.ledgerDirectory),
    timers: parts.timers,
    changed: troubleChanged,
  })
  let inForce: () => void = () => undefined
  const attached = parts.catalogs.attach(watch.ledger, () => inForce())
  if (!attached.ok) {
    watch.close()
    await ledger.close()
    return attached
  }
  const workspace = assembleWorkspace(parts, watch)
  const granted = workspace.authority.bringUpToDate()
  if (!granted.ok) {
    await workspace.close()
    return granted
  }
  inForce = workspace.catalogChanged
  workspace.alerts.look()
  return success(workspace)
}

/** Ends interrupted runs in the ledger, then in the library, and reports each once. */
async function recover(parts: HostParts, ledger: OpenLedger): Promise<Result<null>> {
  const recovered = recoverRuns(ledger)
  if (!recovered.ok) return recovered
  for (const run of recovered.data) parts.notices.add(interruptedNotice(run))
  const endings = new Map(recovered.data.map(({ operationId, ending }) => [operationId, ending]))
  for (const operationId of parts.library.unendedOperations()) {
    const ending = endings.get(operationId) ?? (await readEnding(ledger, operationId))
    if (ending) parts.library.endOperation(operationId, ending)
  }
  return success(null)
}

/** The ending of a run that was settled just before the library could be told. */
async function readEnding(ledger: OpenLedger, operationId: string): Promise<RunEnding | null> {
  const explained = await ledger.history.explain(operationId)
  if (!explained.ok) return null
  const { status, outcome, charged, at, endedAt } = explained.data.row
  if (status === 'running' || outcome === null || charged === null) return null
  return { status, outcome, charged, elapsedMs: (endedAt ?? at) - at, error: null }
}
