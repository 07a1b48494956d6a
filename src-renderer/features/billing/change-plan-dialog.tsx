import { useState } from 'react'
import type { Plan } from '#shared/catalog/plans.ts'
import type { BillingView } from '#shared/host/billing.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog } from '../../kit/dialog.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { notify } from '../../kit/notify.ts'
import { NumberField } from '../../kit/number-field.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callOrTell, useHostData } from '../../state/host.ts'
import { planTerms, previewSentences } from './plan-words.ts'
import styles from './billing.module.css'

const MOST_SEATS = 100_000

interface ChangePlanDialogProps {
  readonly plan: Plan
  readonly billing: BillingView
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** Says in full what a change of plan does, and does it. */
export function ChangePlanDialog({ plan, billing, onClose, onChanged }: ChangePlanDialogProps) {
  const timeZone = useTimeZone()
  const present = plan.id === billing.plan.id
  const [seats, setSeats] = useState(plan.perSeat && present ? billing.seats : 1)
  const [busy, whileBusy] = useBusy()
  const { data, error, loading, reload } = useHostData(
    'plan.preview',
    { planId: plan.id, seats },
    { refreshOn: ['balance'] },
  )
  const change = async () => {
    const changed = await whileBusy(callOrTell('plan.change', { planId: plan.id, seats }))
    if (!changed) return
    notify({ tone: 'good', text: doneWords(changed, plan) })
    onChanged()
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title={present ? `Seats of ${plan.name}` : `Change to ${plan.name}`}
      description="What it does, by the rules of the catalog. Nothing is charged for it here."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={busy}
            disabled={!data || loading || (present && seats === billing.seats)}
            onClick={change}
          >
            {present ? 'Change seats' : `Change to ${plan.name}`}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {plan.perSeat && (
          <NumberField label="Seats" value={seats} min={1} max={MOST_SEATS} onChange={setSeats} />
        )}
        {error && <ErrorState error={error} onRetry={reload} />}
        {!data && !error && <Skeleton label="Working out the change" lines={3} />}
        {data && (
          <ul className={styles.points} aria-label="What the change does" aria-busy={loading}>
            {[...previewSentences(data, timeZone), ...planTerms(plan).map(sentence)].map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  )
}

const sentence = (words: string) => `${words}.`

function doneWords({ scheduled, plan: now }: BillingView, plan: Plan): string {
  return scheduled === null && now.id === plan.id
    ? `Your plan is ${plan.name}.`
    : `${plan.name} begins with the next month.`
}
