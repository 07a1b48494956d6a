import { Coins } from 'lucide-react'
import type { BalanceView } from '#shared/host/views.ts'
import { useBalance } from '../../state/balance-store.ts'
import { classes } from '../../kit/classes.ts'
import { Credits } from '../../kit/credits.tsx'
import { formatCredits } from '../../kit/format.ts'
import { Popover } from '../../kit/popover.tsx'
import { BalanceDetails } from './balance-details.tsx'
import { balanceMood } from '../../words/balance-mood.ts'
import { useTweened } from './use-tweened.ts'
import styles from './balance-chip.module.css'

/** What this machine may spend now: always there, always the number that gates. */
export function BalanceChip() {
  const balance = useBalance()
  if (!balance) return <div className={styles.unknown} aria-hidden />
  return <KnownBalance balance={balance} />
}

function KnownBalance({ balance }: { readonly balance: BalanceView }) {
  const shown = useTweened(balance.available)
  const held = balance.held > 0
  return (
    <Popover
      title="Your credits"
      trigger={
        <button type="button" className={classes(styles.chip, styles[balanceMood(balance)])}>
          <Coins size={15} aria-hidden />
          <span className="visually-hidden">Balance: </span>
          <Credits amount={shown} className={styles.amount} />
          <span className="visually-hidden"> credits available </span>
          {held && <span className={styles.held}>{formatCredits(balance.held)} held</span>}
        </button>
      }
    >
      <BalanceDetails balance={balance} />
    </Popover>
  )
}
