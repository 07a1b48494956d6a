import { formatMoney } from '#shared/credits/format.ts'
import type { Plan } from '#shared/catalog/plans.ts'
import type { RatesView } from '#shared/host/views.ts'
import { Button, ButtonLink } from '../../kit/button.tsx'
import { Badge } from '../../kit/badge.tsx'
import { Credits } from '../../kit/credits.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { Section } from '../../kit/page.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { openPurchasePanel } from '../../state/purchase-panel.ts'
import { expiryInWords } from '../../words/expiry-words.ts'
import styles from './plans-and-packs.module.css'

/** What the catalog offers beyond the present plan, plainly. */
export function PlansAndPacks({ rates }: { readonly rates: RatesView }) {
  return (
    <Section
      id="plans"
      title="Larger plans and packs"
      text="Your credits reset by themselves every month."
      actions={
        <>
          <Button onClick={() => openPurchasePanel()}>Get credits</Button>
          <ButtonLink href="/billing#plans">Change the plan</ButtonLink>
        </>
      }
    >
      <Table framed aria-label="Plans">
        <TableHead
          columns={['Plan', { numeric: 'Credits a month' }, { numeric: 'Price a month' }]}
        />
        <tbody>
          {rates.plans.map((plan) => (
            <tr key={plan.id}>
              <Td>
                <span className={styles.name}>
                  {plan.name}
                  {plan.id === rates.planId && <Badge tone="accent">Your plan</Badge>}
                </span>
                <span className={styles.soft}>{plan.description}</span>
              </Td>
              <Td numeric>
                {plan.price === null && plan.allowance === 0 ? (
                  'By agreement'
                ) : (
                  <>
                    <Credits amount={plan.allowance} />
                    {plan.perSeat && <span className={styles.soft}> per seat</span>}
                  </>
                )}
              </Td>
              <Td numeric>
                <PlanPrice plan={plan} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {rates.packs.length > 0 && (
        <Table framed aria-label="Packs">
          <TableHead columns={['Pack', 'Valid', { numeric: 'Credits' }, { numeric: 'Price' }]} />
          <tbody>
            {rates.packs.map((pack) => (
              <tr key={pack.id}>
                <Td>{pack.name}</Td>
                <Td>{expiryInWords(pack.expiry)}</Td>
                <Td numeric>
                  <span title={creditsInWords(pack.credits)}>
                    <Credits amount={pack.credits} />
                  </span>
                </Td>
                <Td numeric>{formatMoney(pack.price)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  )
}

function PlanPrice({ plan }: { readonly plan: Plan }) {
  if (plan.price === null) return 'By agreement'
  if (plan.price.amount === 0) return 'Free'
  return (
    <>
      {formatMoney(plan.price)}
      {plan.perSeat && <span className={styles.soft}> per seat</span>}
    </>
  )
}
