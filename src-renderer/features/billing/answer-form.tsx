import { useState } from 'react'
import {
  type Credits,
  millicredits,
  MILLICREDITS_PER_CREDIT,
  ZERO,
} from '#shared/credits/amount.ts'
import type { ChargeReportView } from '#shared/host/purchase.ts'
import { Button } from '../../kit/button.tsx'
import { Field, TextArea } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost } from '../../state/host.ts'
import styles from './report.module.css'

interface AnswerFormProps {
  readonly report: ChargeReportView
  readonly onAnswered: () => void
}

type Gives = 'all' | 'part' | 'none'

/** Gives back the charge, part of it or nothing, with the words that the member reads. */
export function AnswerForm({ report, onAnswered }: AnswerFormProps) {
  const { id: reportId, charged } = report
  const [gives, setGives] = useState<Gives>(charged > 0 ? 'all' : 'none')
  const [part, setPart] = useState(1)
  const [message, setMessage] = useState('')
  const [busy, whileBusy] = useBusy()
  const [error, setError] = useState<string | null>(null)
  const whole = Math.floor((charged - 1) / MILLICREDITS_PER_CREDIT)
  const options = [
    { value: 'all', label: `All of it: ${creditsInWords(charged)}`, disabled: charged === 0 },
    { value: 'part', label: 'A part of it', disabled: whole < 1 },
    { value: 'none', label: 'Nothing' },
  ] as const
  const refund = refundOf(gives, part, charged)
  const send = async () => {
    const result = await whileBusy(callHost('charge.answer', { reportId, refund, message }))
    if (result.ok) onAnswered()
    else setError(result.error.message)
  }
  return (
    <Form
      className={styles.answer}
      aria-label="Answer"
      noValidate
      onSubmit={() => {
        if (message.trim() !== '') void send()
      }}
    >
      <h3 className={styles.title}>Answer</h3>
      <div className={styles.gives}>
        <Select label="Give back" value={gives} options={options} onChange={setGives} />
        {gives === 'part' && (
          <NumberField label="Credits" value={part} min={1} max={whole} onChange={setPart} />
        )}
      </div>
      <Field
        label="What the member reads"
        hint="A refund needs a sentence as much as a refusal does: it stays with the charge."
        error={error}
      >
        <TextArea
          value={message}
          rows={3}
          maxLength={1_000}
          onChange={(event) => {
            setMessage(event.currentTarget.value)
            setError(null)
          }}
        />
      </Field>
      <div>
        <Button type="submit" variant="primary" busy={busy} disabled={message.trim() === ''}>
          {refund > 0 ? `Give back ${creditsInWords(refund)}` : 'Refuse'}
        </Button>
      </div>
    </Form>
  )
}

function refundOf(gives: Gives, part: number, charged: Credits): Credits {
  if (gives === 'all') return charged
  return gives === 'none' ? ZERO : millicredits(part * MILLICREDITS_PER_CREDIT)
}
