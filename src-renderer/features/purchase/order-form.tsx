import { useEffect, useState } from 'react'
import { type Credits as Amount, millicredits } from '#shared/credits/amount.ts'
import { formatMoney } from '#shared/credits/format.ts'
import type { OrderQuoteView, PurchasePanelView } from '#shared/host/purchase.ts'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { NumberField } from '../../kit/number-field.tsx'
import { plural } from '../../kit/format.ts'
import { Time } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost, useHostData } from '../../state/host.ts'
import { keepWish, wishFor } from '../../state/purchase-panel.ts'
import { type Choice, orderOf } from './choices.ts'
import { useCurrentCredits } from './current-credits.ts'
import styles from './purchase.module.css'

interface OrderFormProps {
  readonly choice: Choice
  readonly panel: PurchasePanelView
  /** The network it needs is not there. */
  readonly cutOff: boolean
  readonly onStarted: () => void
}

/** How many, a promo code, and what it all comes to; then to the payment page. */
export function OrderForm({ choice, panel, cutOff, onStarted }: OrderFormProps) {
  const { minimum, maximum } = choice.quantity
  const [wish] = useState(() => wishFor(choice.id))
  const [quantity, setQuantity] = useState(wish?.quantity ?? minimum)
  const [promoCode, setPromoCode] = useState(wish?.promoCode ?? '')
  // Each code that is asked for counts as a try: half a word must not be one.
  const [applied, setApplied] = useState(promoCode)
  const apply = () => setApplied(promoCode.trim())
  const [busy, whileBusy] = useBusy()
  const [problem, setProblem] = useState<string | null>(null)
  const seats = panel.plans.find(({ plan }) => plan.id === choice.id)?.seats ?? 1
  const order = orderOf(choice, quantity, applied, seats)
  const { data: quote, error, loading } = useHostData('purchase.quote', { order })
  const isPossible = quote !== null && !error && !loading
  useEffect(() => {
    if (isPossible) keepWish(choice.id, { quantity, promoCode: applied })
  }, [choice.id, quantity, applied, isPossible])

  const start = async () => {
    if (!quote) return
    setProblem(null)
    const purchaseId = crypto.randomUUID()
    const result = await whileBusy(
      callHost('purchase.start', { purchaseId, order, acceptedPrice: quote.price }),
    )
    if (result.ok) keepWish(choice.id, null)
    else setProblem(result.error.message)
    onStarted()
  }

  const { all } = useCurrentCredits(panel)
  const isPromo = error?.code.startsWith('promo') === true
  return (
    <Form className={styles.order} noValidate onSubmit={start}>
      {maximum > 1 && (
        <NumberField
          label={`How many of ${choice.name}`}
          value={quantity}
          min={minimum}
          max={maximum}
          onChange={setQuantity}
        />
      )}
      {choice.kind !== 'plan' && (
        <Field
          label="Promo code"
          error={isPromo && promoCode.trim() === applied ? error.message : null}
        >
          <div className={styles.promo}>
            <TextInput
              value={promoCode}
              maxLength={60}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setPromoCode(event.target.value)}
              onBlur={apply}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || promoCode.trim() === applied) return
                event.preventDefault()
                apply()
              }}
            />
            <Button disabled={promoCode.trim() === applied} onClick={apply}>
              Apply
            </Button>
          </div>
        </Field>
      )}
      {quote && !error && (
        <Summary
          quote={quote}
          // Of a team the quote knows the server's part only: what it adds comes to all there is.
          after={millicredits(Math.max(0, all + quote.availableAfter - panel.available))}
          plan={choice.kind === 'plan'}
          settling={loading}
        />
      )}
      {error && !isPromo && <p role="alert">{error.message}</p>}
      {problem !== null && (
        <p role="alert" className={styles.bad}>
          {problem}
        </p>
      )}
      {cutOff && (
        <p role="status">
          Buying needs the network. What you chose is kept here, and{' '}
          <Credits amount={panel.available} unit /> are left on this machine.
        </p>
      )}
      <Button type="submit" variant="primary" busy={busy} disabled={!isPossible || cutOff}>
        {quote ? `Pay ${formatMoney(quote.price)} in the browser` : 'Pay in the browser'}
      </Button>
    </Form>
  )
}

interface SummaryProps {
  readonly quote: OrderQuoteView
  readonly after: Amount
  readonly plan: boolean
  /** A newer answer is on its way. */
  readonly settling: boolean
}

function Summary({ quote, after, plan, settling }: SummaryProps) {
  const { listPrice, price, tax, promotion, credits, bonus, expiresAt, bonusExpiresAt } = quote
  return (
    <dl className={styles.summary} aria-label="What it comes to" aria-busy={settling}>
      <dt>{quote.name}</dt>
      <dd>{formatMoney(listPrice)}</dd>
      {promotion && price.amount < listPrice.amount && (
        <>
          <dt>{promotion.name}</dt>
          <dd>−{formatMoney({ ...price, amount: listPrice.amount - price.amount })}</dd>
        </>
      )}
      {promotion && bonus > 0 && (
        <>
          <dt>{promotion.name}</dt>
          <dd>
            +<Credits amount={bonus} unit />
          </dd>
        </>
      )}
      <dt>Tax</dt>
      <dd>{tax ? formatMoney(tax) : 'On the payment page'}</dd>
      <dt className={styles.total}>Total</dt>
      <dd className={styles.total}>{formatMoney(price)}</dd>
      {(plan || quote.renews) && (
        <>
          <dt>Then each month</dt>
          <dd>{formatMoney(listPrice)}</dd>
        </>
      )}
      <dt>Credits you will have</dt>
      <dd>
        <Credits amount={after} />
      </dd>
      {credits > 0 && <End name="Good until" at={expiresAt} />}
      {bonus > 0 && bonusExpiresAt !== expiresAt && (
        <End name="Of the code until" at={bonusExpiresAt} />
      )}
      {quote.extends > 0 && (
        <>
          <dt>Also until then</dt>
          <dd>{plural(quote.extends, 'earlier purchase')}</dd>
        </>
      )}
    </dl>
  )
}

/** When credits of an order end. */
function End({ name, at }: { readonly name: string; readonly at: number | null }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{at === null ? 'They do not expire' : <Time at={at} style="day-year" />}</dd>
    </>
  )
}
