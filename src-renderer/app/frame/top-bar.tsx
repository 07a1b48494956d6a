import { useLocation } from 'wouter'
import { BalanceChip } from '../../features/balance/balance-chip.tsx'
import { pageOf } from '../pages.ts'
import { SubjectPicker } from './subject-picker.tsx'
import styles from './top-bar.module.css'

/** The page's title, what the work is for, and what there is to spend. */
export function TopBar() {
  const [path] = useLocation()
  return (
    <header className={styles.bar}>
      <h1 className={styles.title}>{pageOf(path)?.title ?? 'Tallystick'}</h1>
      <SubjectPicker />
      <BalanceChip />
    </header>
  )
}
