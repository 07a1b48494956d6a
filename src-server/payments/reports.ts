/**
 * Contested charges (conformance: coding-agent 6): a member sends a usage row with its proof, an
 * admin answers with a refund or a reason. History is never edited.
 */

import type { Books } from '#shared/account/account.ts'
import type { RefundRequest } from '#shared/account/refund.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { ChargeReportDetail, ChargeReportView } from '#shared/host/purchase.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { ReportDraft } from '#shared/team/buying.ts'
import type { Query } from '../store/database.ts'
import type { PaymentPorts } from './ports.ts'

/** What the account's own books say about a run. */
export interface ChargeFacts {
  readonly paid: readonly Draw[]
  readonly refunded: Credits
  readonly charged: Credits
  readonly modelName: string
}

/** Finds a run in the books that count; fails with `operation_unknown`. */
export type FindCharge = (accountId: string, operationId: string) => Promise<Result<ChargeFacts>>

type Body = Omit<ReportDraft, 'reportId' | 'operationId'> &
  Pick<ChargeFacts, 'charged' | 'modelName'>

type Answer = NonNullable<ChargeReportView['answer']>

interface Row {
  readonly id: string
  readonly operation_id: string
  readonly member_id: string
  readonly sender: string | null
  readonly sent_at: number
  readonly body: string
  readonly answer: string | null
}

/** Who stands alone is no member of anything: nobody's name is there. */
const REPORT = `SELECT report.id, operation_id, member_id, sent_at, body, answer, member.name AS sender
  FROM charge_report AS report LEFT JOIN member
  ON member.account_id = report.account_id AND member.id = report.member_id`
const MOST_LISTED = 200

export interface Reports {
  /** Fails with `already_reported`, or as `find` does. */
  send(accountId: string, memberId: string, draft: ReportDraft): Promise<Result<ChargeReportView>>
  /** Newest first; of one member, or of the account. */
  list(accountId: string, memberId: string | null): Promise<readonly ChargeReportView[]>
  /** Fails with `report_unknown`, also where it is not of the member that is named. */
  open(
    accountId: string,
    reportId: string,
    memberId: string | null,
  ): Promise<Result<ChargeReportDetail>>
  /** Fails with `report_unknown`, `report_answered`, or as the refund does. */
  answer(
    accountId: string,
    reportId: string,
    answer: { readonly refund: Credits; readonly message: string },
  ): Promise<Result<ChargeReportView>>
}

export interface ReportPorts extends Pick<PaymentPorts, 'database' | 'issuer' | 'clock'> {
  readonly findCharge: FindCharge
  /** The rule of the books that the issuer keeps. */
  refund(books: Books, request: RefundRequest, now: number): Result<readonly EntryDraft[]>
}

export function createReports(ports: ReportPorts): Reports {
  const { database, issuer, clock, findCharge: find, refund: refundEntries } = ports

  async function read(query: Query, accountId: string, reportId: string): Promise<Row | null> {
    const [row] = await query<Row>(
      `${REPORT} WHERE report.account_id = ? AND report.id = ?`,
      accountId,
      reportId,
    )
    return row ?? null
  }

  async function send(
    accountId: string,
    memberId: string,
    { reportId, operationId, ...sent }: ReportDraft,
  ): Promise<Result<ChargeReportView>> {
    const charge = await find(accountId, operationId)
    if (!charge.ok) return charge
    const { charged, modelName } = charge.data
    const body: Body = { ...sent, charged, modelName }
    await database.query(
      `INSERT INTO charge_report (account_id, id, operation_id, member_id, sent_at, body)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      accountId,
      reportId,
      operationId,
      memberId,
      clock.now(),
      JSON.stringify(body),
    )
    const row = await read(database.query, accountId, reportId)
    if (row?.operation_id === operationId) return success(viewOf(row))
    return failure('already_reported', 'This charge was reported already.', { operationId })
  }

  async function answer(
    accountId: string,
    reportId: string,
    { refund, message }: { readonly refund: Credits; readonly message: string },
  ): Promise<Result<ChargeReportView>> {
    const row = await read(database.query, accountId, reportId)
    if (!row) return notThere()
    if (row.answer !== null) return answered()
    const refundId = `report:${reportId}`
    if (refund > 0) {
      const charge = await find(accountId, row.operation_id)
      if (!charge.ok) return charge
      const { paid, refunded } = charge.data
      const request = { refundId, operationId: row.operation_id, paid, refunded, reason: message }
      const issued = await issuer.issue(accountId, [`refund:${refundId}`], ({ books, now }) =>
        refundEntries(books, { ...request, amount: refund }, now),
      )
      if (!issued.ok) return issued
    }
    const given: Answer = { at: clock.now(), refund, message }
    const sql = `UPDATE charge_report SET answer = ? WHERE account_id = ? AND id = ?
      AND answer IS NULL RETURNING id`
    const [written] = await database.query(sql, JSON.stringify(given), accountId, reportId)
    return written ? success(viewOf({ ...row, answer: JSON.stringify(given) })) : answered()
  }

  return {
    send,
    async list(accountId, memberId) {
      const mine = memberId === null ? '' : 'AND member_id = ?'
      const sql = `${REPORT} WHERE report.account_id = ? ${mine}
        ORDER BY sent_at DESC, report.id DESC LIMIT ?`
      const who = memberId === null ? [accountId] : [accountId, memberId]
      return (await database.query<Row>(sql, ...who, MOST_LISTED)).map(viewOf)
    },
    async open(accountId, reportId, memberId) {
      const row = await read(database.query, accountId, reportId)
      if (!row || (memberId !== null && row.member_id !== memberId)) return notThere()
      const { record, signature, publicKey, log, prompt } = JSON.parse(row.body) as Body
      return success({ ...viewOf(row), record, signature, publicKey, log, prompt })
    },
    answer,
  }
}

const notThere = () => failure('report_unknown', 'There is no such report.')
const answered = () => failure('report_answered', 'This report was answered already.')

function viewOf({ id, operation_id, sender, sent_at, body, answer }: Row): ChargeReportView {
  const { message, charged, modelName, log, prompt } = JSON.parse(body) as Body
  return {
    id,
    operationId: operation_id,
    by: sender,
    sentAt: sent_at,
    message,
    charged,
    modelName,
    lines: log === '' ? 0 : log.split('\n').length,
    withPrompt: prompt !== null,
    answer: answer === null ? null : (JSON.parse(answer) as Answer),
  }
}
