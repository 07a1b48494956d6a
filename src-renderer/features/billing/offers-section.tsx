import { useState } from 'react'
import { formatMoney } from '#shared/credits/format.ts'
import type { AddOn, Pack } from '#shared/catalog/offers.ts'
import type { BillingView, OfferView, SubscriptionView } from '#shared/host/billing.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { creditsInWords, plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { CellTitle, Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { openPurchasePanel } from '../../state/purchase-panel.ts'
import { callOrTell } from '../../state/host.ts'
import { expiryInWords } from '../../words/expiry-words.ts'
import { quantityWords } from '../../words/purchase-words.ts'
import styles from './billing.module.css'

interface OffersSectionProps {
  readonly billing: BillingView
  readonly operationNames: ReadonlyMap<string, string>
  readonly reload: () => void
}

/** Packs and add-ons with who may have them; what runs already can be ended. */
export function OffersSection({ billing, operationNames, reload }: OffersSectionProps) {
  const { packs, addOns, subscriptions, plan } = billing
  const nothing = packs.length === 0 && addOns.length === 0
  return (
    <Section
      id="offers"
      title="Packs and add-ons"
      actions={<Button onClick={() => openPurchasePanel()}>Get credits</Button>}
    >
      {nothing && <Note>The catalog offers no packs and no add-ons.</Note>}
      {subscriptions.length > 0 && <Subscriptions subscriptions={subscriptions} reload={reload} />}
      {!nothing && (
        <Table framed aria-label="Packs and add-ons">
          <TableHead
            columns={[
              'Offer',
              'Valid',
              { numeric: 'Credits' },
              { numeric: 'Price' },
              { hidden: `On ${plan.name}` },
            ]}
          />
          <tbody>
            {packs.map((offer) => (
              <OfferRow
                key={offer.item.id}
                offer={offer}
                valid={expiryInWords(offer.item.expiry)}
                operationNames={operationNames}
              />
            ))}
            {addOns.map((offer) => (
              <OfferRow
                key={offer.item.id}
                offer={offer}
                valid={monthly(offer.item)}
                operationNames={operationNames}
              />
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  )
}

function monthly({ rollover: { cycles, maximum } }: AddOn): string {
  if (cycles === 0) return 'Each month anew'
  const most = maximum === null ? '' : `, at most ${creditsInWords(maximum)}`
  return cycles === null
    ? `Each month; what is left rolls over${most}`
    : `Each month; what is left rolls over for ${plural(cycles, 'month')}${most}`
}

interface OfferRowProps {
  readonly offer: OfferView<Pack | AddOn>
  readonly valid: string
  readonly operationNames: ReadonlyMap<string, string>
}

function OfferRow({ offer: { item, onThisPlan }, valid, operationNames }: OfferRowProps) {
  const isPack = 'expiry' in item
  const howMany = quantityWords(item.quantity)
  const remarks = howMany === null ? [] : [howMany]
  if (item.operations !== 'all') {
    remarks.push(`Only for ${item.operations.map((id) => operationNames.get(id) ?? id).join(', ')}`)
  }
  return (
    <tr>
      <Td wide>
        <CellTitle title={item.name}>
          <Badge>{isPack ? 'Pack' : 'Add-on'}</Badge>
        </CellTitle>
        {remarks.length > 0 && <Note>{remarks.join(' · ')}</Note>}
      </Td>
      <Td>{valid}</Td>
      <Td numeric>
        <Credits amount={item.credits} />
      </Td>
      <Td numeric>
        {formatMoney(item.price)}
        {!isPack && <Note>a{'\u00a0'}month</Note>}
      </Td>
      <Td className={styles.short}>
        {onThisPlan ? (
          <Button
            size="small"
            aria-label={`Buy ${item.name}`}
            onClick={() => openPurchasePanel(item.id)}
          >
            Buy
          </Button>
        ) : (
          'Not on this plan'
        )}
      </Td>
    </tr>
  )
}

interface SubscriptionsProps {
  readonly subscriptions: readonly SubscriptionView[]
  readonly reload: () => void
}

function Subscriptions({ subscriptions, reload }: SubscriptionsProps) {
  const [ending, setEnding] = useState<SubscriptionView | null>(null)
  return (
    <>
      <Table framed aria-label="Your add-ons">
        <TableHead
          columns={['Add-on', 'Renews', { numeric: 'Credits a month' }, { hidden: 'End' }]}
        />
        <tbody>
          {subscriptions.map((subscription) => (
            <tr key={subscription.id}>
              <Td wide>
                {subscription.name}
                {subscription.quantity > 1 && ` × ${subscription.quantity}`}
              </Td>
              <Td>
                {subscription.renewsAt === null ? (
                  'Ends with this month'
                ) : (
                  <Time at={subscription.renewsAt} style="day-year" />
                )}
              </Td>
              <Td numeric>
                <Credits amount={subscription.credits} />
              </Td>
              <Td numeric>
                {subscription.renewsAt !== null && (
                  <Button
                    size="small"
                    aria-label={`End ${subscription.name}`}
                    onClick={() => setEnding(subscription)}
                  >
                    End
                  </Button>
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {ending && (
        <ConfirmDialog
          open
          onClose={() => setEnding(null)}
          title={`End ${ending.name}?`}
          text="It does not renew. The credits you have from it stay for as long as they are good."
          confirmLabel="End add-on"
          onConfirm={async () => {
            if (await callOrTell('addOn.end', { subscriptionId: ending.id })) reload()
          }}
        />
      )}
    </>
  )
}
