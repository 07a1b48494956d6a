import { useState } from 'react'
import { MAX_NOTE } from '#shared/usage/labels.ts'
import type { ChargeReportView } from '#shared/host/purchase.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Checkbox } from '../../kit/checkbox.tsx'
import { Field, TextArea } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { creditsInWords, plural } from '../../kit/format.ts'
import { Time } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callOrTell, useHostData } from '../../state/host.ts'
import styles from './charge-details.module.css'

/** Contests a charge, or shows what came of that. Nothing while the run has not ended. */
export function ReportCharge({ row }: { readonly row: UsageRow }) {
  const { data, reload } = useHostData('charge.reports', {}, { refreshOn: ['charge.report'] })
  const [writing, setWriting] = useState(false)
  if (row.charged === null || !data) return null
  const report = data.find(({ operationId }) => operationId === row.operationId)
  return (
    <section aria-label="Report of this charge">
      {report && <Sent report={report} />}
      {!report && !writing && <Button onClick={() => setWriting(true)}>Report this charge</Button>}
      {!report && writing && (
        <ReportForm
          operationId={row.operationId}
          onSent={reload}
          onCancel={() => setWriting(false)}
        />
      )}
    </section>
  )
}

interface ReportFormProps {
  readonly operationId: string
  readonly onSent: () => void
  readonly onCancel: () => void
}

function ReportForm({ operationId, onSent, onCancel }: ReportFormProps) {
  // Made once: sending twice is one report.
  const [reportId] = useState(() => crypto.randomUUID())
  const [message, setMessage] = useState('')
  const [includePrompt, setIncludePrompt] = useState(false)
  const [busy, whileBusy] = useBusy()
  const send = async () => {
    const sent = await whileBusy(
      callOrTell('charge.report', {
        reportId,
        operationId,
        message,
        includePrompt,
      }),
    )
    if (sent) onSent()
  }
  return (
    <Form
      className={styles.report}
      aria-label="Report this charge"
      onSubmit={() => {
        if (message.trim() !== '') void send()
      }}
    >
      <h3 className={styles.title}>Report this charge</h3>
      <Field
        label="What is wrong with it?"
        hint="Sent along: the signed record of this run and the lines of the log that name it. What you wrote and what came back are not in them."
      >
        <TextArea
          value={message}
          rows={2}
          maxLength={MAX_NOTE * 4}
          autoFocus
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
      </Field>
      <Checkbox
        label="Send the prompt as well"
        checked={includePrompt}
        onChange={setIncludePrompt}
      />
      <div className={styles.acts}>
        <Button type="submit" variant="primary" busy={busy} disabled={message.trim() === ''}>
          Send report
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </Form>
  )
}

/** What was sent, and the answer once there is one. */
function Sent({ report }: { readonly report: ChargeReportView }) {
  const { sentAt, message, lines, withPrompt, answer } = report
  return (
    <div className={styles.report} role="status">
      <h3 className={styles.title}>
        You reported this charge{' '}
        <Badge tone={answer ? 'good' : 'plain'}>
          {answer ? 'Answered' : 'Waiting for an answer'}
        </Badge>
      </h3>
      <p className={styles.wrap}>“{message}”</p>
      <p className={styles.soft}>
        Sent on <Time at={sentAt} style="moment" />: the signed record,{' '}
        {lines === 0 ? 'no lines' : plural(lines, 'line')} of the log,{' '}
        {withPrompt ? 'the prompt' : 'no prompt'}.
      </p>
      {answer && (
        <p className={styles.wrap}>
          {answer.refund > 0 ? `${creditsInWords(answer.refund)} given back. ` : 'Not refunded. '}
          {answer.message}
        </p>
      )}
    </div>
  )
}
