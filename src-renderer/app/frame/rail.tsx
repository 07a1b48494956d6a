import { Search } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { setPaletteOpen } from '../../state/palette-store.ts'
import { classes } from '../../kit/classes.ts'
import { Keys } from '../../kit/keys.tsx'
import { Mark } from '../../kit/mark.tsx'
import { Tooltip } from '../../kit/tooltip.tsx'
import { PAGE_GROUPS, pageOf, type PageEntry } from '../pages.ts'
import { StatusBadge } from './status-badge.tsx'
import styles from './rail.module.css'

/** The left rail: every page, and where this machine stands. */
export function Rail() {
  const [path] = useLocation()
  const current = pageOf(path)
  return (
    <aside className={styles.rail} aria-label="Tallystick">
      <div className={styles.brand}>
        <Mark />
        <span className={styles.name}>Tallystick</span>
      </div>
      <button type="button" className={styles.find} onClick={() => setPaletteOpen(true)}>
        <Search size={16} aria-hidden />
        <span className={styles.findWord}>Go to</span>
        <span className={styles.findKeys}>
          <Keys keys="Mod K" />
        </span>
      </button>
      <nav aria-label="Pages" className={styles.nav}>
        {PAGE_GROUPS.map((group) => (
          <ul key={group[0]?.path} className={styles.group}>
            {group.map((page) => (
              <li key={page.path}>
                <RailLink page={page} current={page === current} />
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <StatusBadge />
    </aside>
  )
}

function RailLink({ page, current }: { readonly page: PageEntry; readonly current: boolean }) {
  const Icon = page.icon
  return (
    <Tooltip text={page.title} keys={page.keys}>
      <Link
        href={page.path}
        aria-current={current ? 'page' : undefined}
        className={classes(styles.link, current && styles.current)}
      >
        <Icon size={18} aria-hidden />
        <span>{page.title}</span>
      </Link>
    </Tooltip>
  )
}
