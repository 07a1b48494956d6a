import type { PurchaseBlock } from '#shared/host/purchase.ts'
import { Time } from '../../kit/time.tsx'
import styles from './purchase.module.css'

/** Why something cannot be bought, and what would help. */
export function Blocked({ block }: { readonly block: PurchaseBlock }) {
  const { plans, people, refillAt } = block.helps
  return (
    <div className={styles.blocked}>
      <p>{block.message}</p>
      {plans.length > 0 && <p>These plans may: {plans.map(({ name }) => name).join(', ')}.</p>}
      {people.length > 0 && <p>Ask {people.join(' or ')}.</p>}
      {refillAt !== null && (
        <p>
          Credits come by themselves on <Time at={refillAt} style="day" />.
        </p>
      )}
    </div>
  )
}
