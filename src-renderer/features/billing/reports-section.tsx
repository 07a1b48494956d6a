import { useState } from 'react'
import { Link } from 'wouter'
import type { ChargeReportView } from '#shared/host/purchase.ts'
import { hasRight } from '#shared/team/members.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import { REPORTS_TEXTS, reportState, type ReportReader } from '../../words/report-words.ts'
import { ReportDialog } from './report-dialog.tsx'
import styles from './billing.module.css'

const FIRST = 10

/** Charges that were contested: to be answered by whoever looks after the account. */
export function ReportsSection() {
  const { data: team } = useHostData('team.read', {}, { refreshOn: ['team'] })
  const { data, error, reload } = useHostData(
    'charge.reports',
    {},
    { refreshOn: ['charge.report', 'team'] },
  )
  const [openId, setOpenId] = useState<string | null>(null)
  const reader: ReportReader = readerOf(team?.role ?? null)
  const report = data?.find(({ id }) => id === openId)
  return (
    <Section id="reports" title="Reported charges" text={REPORTS_TEXTS[reader]}>
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading reported charges" lines={2} />}
      {data?.length === 0 && (
        <Note>
          No charge was reported. To report one, open it in <Link href="/usage">Usage</Link>.
        </Note>
      )}
      {data && data.length > 0 && <ReportTable reports={data} reader={reader} onOpen={setOpenId} />}
      {report && (
        <ReportDialog
          report={report}
          answers={reader !== 'member'}
          onClose={() => setOpenId(null)}
          onAnswered={reload}
        />
      )}
    </Section>
  )
}

function readerOf(role: Parameters<typeof hasRight>[0] | null): ReportReader {
  if (role === null) return 'alone'
  return hasRight(role, 'answer-reports') ? 'admin' : 'member'
}

interface ReportTableProps {
  readonly reports: readonly ChargeReportView[]
  readonly reader: ReportReader
  readonly onOpen: (id: string) => void
}

function ReportTable({ reports, reader, onOpen }: ReportTableProps) {
  const [all, setAll] = useState(false)
  const waitingFirst = reports.toSorted(
    (left, right) => Number(left.answer !== null) - Number(right.answer !== null),
  )
  const shown = all ? waitingFirst : waitingFirst.slice(0, FIRST)
  return (
    <>
      <Table framed aria-label="Reported charges">
        <TableHead columns={['Sent', 'Charge', 'What is wrong', 'State', { hidden: 'Open' }]} />
        <tbody>
          {shown.map((report) => (
            <ReportRow key={report.id} report={report} reader={reader} onOpen={onOpen} />
          ))}
        </tbody>
      </Table>
      {shown.length < reports.length && (
        <Button variant="quiet" onClick={() => setAll(true)}>
          Show all {reports.length}
        </Button>
      )}
    </>
  )
}

interface ReportRowProps {
  readonly report: ChargeReportView
  readonly reader: ReportReader
  readonly onOpen: (id: string) => void
}

function ReportRow({ report, reader, onOpen }: ReportRowProps) {
  const { id, by, sentAt, charged, modelName, message, answer } = report
  const { word, tone } = reportState(answer)
  const act = answer === null && reader !== 'member' ? 'Answer' : 'Read'
  return (
    <tr>
      <Td className={styles.short}>
        <Time at={sentAt} style="day-year" />
      </Td>
      <Td className={styles.charge}>
        {creditsInWords(charged)}
        <Note>
          {modelName}
          {by !== null && ` · ${by}`}
        </Note>
      </Td>
      <Td wide>
        <span className={styles.clipped}>{message}</span>
      </Td>
      <Td className={styles.short}>
        <Badge tone={tone}>{word}</Badge>
      </Td>
      <Td numeric>
        <Button
          size="small"
          aria-label={`${act}: report of ${creditsInWords(charged)}, ${modelName}`}
          onClick={() => onOpen(id)}
        >
          {act}
        </Button>
      </Td>
    </tr>
  )
}
