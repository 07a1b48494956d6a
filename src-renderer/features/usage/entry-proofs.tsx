import { CircleAlert, ShieldCheck } from 'lucide-react'
import type { EntryProof } from '#shared/usage/views.ts'
import { formatCount } from '../../kit/format.ts'
import { Time } from '../../kit/time.tsx'
import styles from './charge-details.module.css'

/** The journal entries behind a charge, with the hash that chains each to all before it. */
export function EntryProofs({ entries }: { readonly entries: readonly EntryProof[] }) {
  return (
    <section>
      <h3 className={styles.title}>In the ledger</h3>
      <ul className={styles.entries}>
        {entries.map(({ sequence, at, hash, verified }) => (
          <li key={sequence} className={styles.entry}>
            <span className={styles.figureText}>
              Entry {formatCount(sequence)}, <Time at={at} style="exact" />
            </span>
            {verified ? (
              <span className={styles.good}>
                <ShieldCheck size={14} aria-hidden /> verified
              </span>
            ) : (
              <span className={styles.bad}>
                <CircleAlert size={14} aria-hidden /> does not match its hash
              </span>
            )}
            <code className={styles.hash}>{hash}</code>
          </li>
        ))}
      </ul>
      <p className={styles.soft}>
        Verified means that the hash was just computed again from what is stored and is the same.
      </p>
    </section>
  )
}
