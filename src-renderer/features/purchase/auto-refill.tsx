import { useState } from 'react'
import { millicredits, MILLICREDITS_PER_CREDIT } from '#shared/credits/amount.ts'
import { formatMoney } from '#shared/credits/format.ts'
import type { AutoRefillChoice, AutoRefillView, PurchasePanelView } from '#shared/host/purchase.ts'
import { Button } from '../../kit/button.tsx'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { Switch } from '../../kit/switch.tsx'
import { Time, useTimeZone } from '../../kit/time.tsx'
import { callHost } from '../../state/host.ts'
import { refillWords } from '../../words/purchase-words.ts'
import { Form } from '../../kit/form.tsx'
import styles from './purchase.module.css'

const MOST_CREDITS = 1_000_000_000
const MOST_MONEY = 1_000_000

interface AutoRefillProps {
  readonly panel: PurchasePanelView
  readonly reload: () => void
}

/** Buys by itself when credits run low: off unless it is switched on, and off in one click. */
export function AutoRefill({ panel, reload }: AutoRefillProps) {
  const timeZone = useTimeZone()
  const refill = panel.autoRefill
  const [problem, setProblem] = useState<string | null>(null)
  const packs = panel.packs.filter(({ block }) => block === null)
  if (!refill || (packs.length === 0 && !refill.enabled)) return null
  const set = async (change: Partial<AutoRefillChoice>) => {
    const { enabled, threshold, offerId, quantity, monthlyLimit } = refill
    const chosen = { enabled, threshold, offerId, quantity, monthlyLimit, ...change }
    const result = await callHost('autoRefill.set', chosen)
    setProblem(result.ok ? null : result.error.message)
    reload()
  }
  return (
    <section className={styles.refill} aria-label="Auto-refill">
      <Switch
        label="Auto-refill"
        detail={refillWords(refill.waits, timeZone)}
        checked={refill.enabled}
        onChange={(enabled) => void set({ enabled })}
      />
      {problem !== null && (
        <p role="alert" className={styles.bad}>
          {problem}
        </p>
      )}
      {refill.enabled && (
        <RefillTerms
          key={`${refill.threshold} ${refill.offerId} ${refill.monthlyLimit.amount}`}
          refill={refill}
          packs={packs}
          onSave={set}
        />
      )}
      {refill.lastAt !== null && (
        <p className={styles.soft}>
          It last bought on <Time at={refill.lastAt} style="day-year" />. This month:{' '}
          {formatMoney(refill.usedThisMonth)} of {formatMoney(refill.monthlyLimit)}.
        </p>
      )}
    </section>
  )
}

/** What is known of it while the server cannot be reached, and nothing can be changed. */
export function AutoRefillTold({ refill }: { readonly refill: AutoRefillView | null }) {
  if (!refill) return <p>Whether auto-refill is on is not known until the server is reached.</p>
  return (
    <p>
      Auto-refill was {refill.enabled ? 'on' : 'off'} as of <Time at={refill.asOf ?? 0} />.
    </p>
  )
}

interface RefillTermsProps {
  readonly refill: AutoRefillView
  /** Those that can be bought. */
  readonly packs: PurchasePanelView['packs']
  readonly onSave: (change: Partial<AutoRefillChoice>) => Promise<void>
}

function RefillTerms({ refill, packs, onSave }: RefillTermsProps) {
  const [threshold, setThreshold] = useState(refill.threshold / MILLICREDITS_PER_CREDIT)
  const [offerId, setOfferId] = useState(refill.offerId)
  const [limit, setLimit] = useState(Math.floor(refill.monthlyLimit.amount / 100))
  const options = packs.map(({ item }) => ({
    value: item.id,
    label: `${item.name} for ${formatMoney(item.price)}`,
  }))
  const quantity = packs.find(({ item }) => item.id === offerId)?.item.quantity.minimum ?? 1
  const changed =
    threshold * MILLICREDITS_PER_CREDIT !== refill.threshold ||
    offerId !== refill.offerId ||
    limit !== Math.floor(refill.monthlyLimit.amount / 100)
  return (
    <Form
      className={styles.terms}
      noValidate
      onSubmit={() =>
        onSave({
          threshold: millicredits(threshold * MILLICREDITS_PER_CREDIT),
          offerId,
          quantity,
          monthlyLimit: { ...refill.monthlyLimit, amount: limit * 100 },
        })
      }
    >
      <NumberField
        label="When fewer are left than"
        value={threshold}
        min={1}
        max={MOST_CREDITS}
        onChange={setThreshold}
      />
      <Select label="Buy" value={offerId} options={options} onChange={setOfferId} />
      <NumberField
        label={`At most in a month (${refill.monthlyLimit.currency})`}
        value={limit}
        min={1}
        max={MOST_MONEY}
        onChange={setLimit}
      />
      <Button type="submit" disabled={!changed}>
        Save
      </Button>
    </Form>
  )
}
