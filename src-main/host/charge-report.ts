/** What is sent when somebody contests a charge: its signed record and the log lines. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ZERO } from '#shared/credits/amount.ts'
import { endEntryId, holdEntryId } from '#shared/journal/entries.ts'
import type { CallParsed } from '#shared/host/calls.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { type ReportDraft, reportText } from '#shared/team/buying.ts'
import type { TeamKey } from '../sync/team-key.ts'
import type { ChargeFacts } from '../purchase/purchases.ts'
import type { HostParts } from './parts.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

const MOST_LINES = 200
const LOG_FILES = ['tallystick.log.1', 'tallystick.log'] as const

/** What this machine's ledger says about a run that has ended. */
export async function findCharge(
  keeper: WorkspaceKeeper,
  operationId: string,
): Promise<Result<ChargeFacts>> {
  const workspace = keeper.current()
  if (!workspace.ok) return workspace
  const explained = await workspace.data.ledger.history.explain(operationId)
  if (!explained.ok) return explained
  const { row, paidBy, facts } = explained.data
  if (row.charged === null) {
    return failure('operation_running', 'This run has not ended yet.', { operationId })
  }
  const paid = paidBy.map(({ grant, amount }) => ({ grantId: grant.id, amount }))
  return success({ paid, refunded: ZERO, charged: row.charged, modelName: facts.modelName })
}

/** Everything in a report; the prompt only if it was ticked. */
export function draftReport(
  parts: HostParts,
  { ledger, team }: Workspace,
  { reportId, operationId, message, includePrompt }: CallParsed<'charge.report'>,
): ReportDraft {
  const entries = [holdEntryId(operationId), endEntryId(operationId)]
    .map((id) => ledger.find(id))
    .filter((entry) => entry !== null)
  const { ledgerDirectory, library } = parts
  const { accountId, deviceId } = ledger.issuer() ?? parts.account
  const record = JSON.stringify({ accountId, deviceId, entries })
  return {
    reportId,
    operationId,
    message,
    record,
    ...signed(parts, ledger.issuer() ? team.key() : null, record),
    log: logLines(ledgerDirectory, operationId),
    prompt: includePrompt ? promptOf(library, operationId) : null,
  }
}

/** Signed with the key the reader knows: for a team's server, the one used to enrol. */
function signed(
  { ledgerPorts: { signer } }: HostParts,
  teamKey: TeamKey | null,
  record: string,
): Pick<ReportDraft, 'signature' | 'publicKey'> {
  if (teamKey) {
    const signature = Buffer.from(teamKey.sign(reportText(record))).toString('base64url')
    return { signature, publicKey: teamKey.publicKey }
  }
  return {
    signature: signer?.signRecord(record) ?? null,
    publicKey: signer?.publicKey ?? null,
  }
}

/** The lines of the log that name the run; the log itself holds no prompt. */
function logLines(directory: string, operationId: string): string {
  const lines = LOG_FILES.flatMap((name) => {
    try {
      const text = readFileSync(path.join(directory, 'logs', name), 'utf8')
      return text.split('\n').filter((line) => line.includes(operationId))
    } catch {
      // There is no such file yet.
      return []
    }
  })
  return lines.slice(-MOST_LINES).join('\n')
}

function promptOf(library: HostParts['library'], operationId: string): string | null {
  const [creation] = library.creationsOf(operationId)
  if (creation) return creation.prompt
  const reply = library.replyOf(operationId)
  if (!reply) return null
  const branch = library.branchTo(reply.threadId, reply.parentId)
  return branch.ok ? (branch.data.at(-1)?.text ?? null) : null
}
