import type { ChargeReportDetail, ChargeReportView } from '#shared/host/purchase.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Badge } from '../../kit/badge.tsx'
import { Dialog } from '../../kit/dialog.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords, formatCount, formatCredits, plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import { OUTCOME_NAMES } from '../../words/ending-words.ts'
import { reportState } from '../../words/report-words.ts'
import { UNIT_NAMES } from '../../words/unit-names.ts'
import { AnswerForm } from './answer-form.tsx'
import { prettyRecord, readRecord } from './report-record.ts'
import { Fact, Facts } from '../../kit/facts.tsx'
import styles from './report.module.css'

interface ReportDialogProps {
  readonly report: ChargeReportView
  /** Whether the person may answer it. */
  readonly answers: boolean
  readonly onClose: () => void
  readonly onAnswered: () => void
}

/** One report: what the member says, the proof that came along, and the answer. */
export function ReportDialog({ report, answers, onClose, onAnswered }: ReportDialogProps) {
  const { answer, by, charged, message, modelName, sentAt } = report
  const { data, error, reload } = useHostData('charge.open', { reportId: report.id })
  const { word, tone } = reportState(answer)
  return (
    <Dialog open onClose={onClose} title="Reported charge">
      <div className={styles.report}>
        <div>
          {creditsInWords(charged)}, {modelName} <Badge tone={tone}>{word}</Badge>
          <Note>
            Sent {by !== null && `by ${by} `}on <Time at={sentAt} style="exact" />
          </Note>
        </div>
        <blockquote className={styles.message}>{message}</blockquote>
        {!data && error && <ErrorState error={error} onRetry={reload} />}
        {!data && !error && <Skeleton label="Loading what was sent along" lines={4} />}
        {data && <Evidence detail={data} />}
        {answer && (
          <section>
            <h3 className={styles.title}>
              Answered on <Time at={answer.at} style="moment" />
            </h3>
            <p className={styles.wrap}>
              {word}. {answer.message}
            </p>
          </section>
        )}
        {!answer && answers && <AnswerForm report={report} onAnswered={onAnswered} />}
      </div>
    </Dialog>
  )
}

function Evidence({ detail }: { readonly detail: ChargeReportDetail }) {
  const { record, signature, log, lines, prompt } = detail
  const facts = readRecord(record)
  return (
    <section className={styles.evidence}>
      <h3 className={styles.title}>What came along</h3>
      {facts && (
        <Facts layout="pairs">
          <Fact name="Quote">
            {facts.quoted.expected === facts.quoted.maximum
              ? formatCredits(facts.quoted.maximum)
              : `${formatCredits(facts.quoted.expected)}–${formatCredits(facts.quoted.maximum)}`}
          </Fact>
          <Fact name="Charged">{formatCredits(facts.charged)}</Fact>
          <Fact name="How it ended">{OUTCOME_NAMES[facts.outcome]}</Fact>
          <Fact name={facts.byProvider ? 'Units, by the provider' : 'Units, counted there'}>
            {facts.units
              .map(([unit, count]) => `${UNIT_NAMES[unit]} ${formatCount(count)}`)
              .join(', ')}
          </Fact>
        </Facts>
      )}
      <Source
        summary={signature === null ? 'Record, not signed' : 'Record, signed by the machine'}
        text={prettyRecord(record)}
      />
      {lines === 0 ? (
        <Note>No line of the log names this run.</Note>
      ) : (
        <Source summary={`${plural(lines, 'line')} of the log`} text={log} />
      )}
      {prompt === null ? (
        <Note>The prompt was not sent.</Note>
      ) : (
        <Source summary="Prompt" text={prompt} />
      )}
    </section>
  )
}

/** A text behind its summary: it may be long, and most need not read it. */
function Source({ summary, text }: { readonly summary: string; readonly text: string }) {
  return (
    <details>
      <summary>{summary}</summary>
      <div className={styles.source}>
        <pre tabIndex={0} aria-label={summary}>
          {text}
        </pre>
        <CopyButton text={text} label={`Copy: ${summary}`} />
      </div>
    </details>
  )
}
