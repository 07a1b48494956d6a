import type { CatalogChange } from '#shared/catalog/diff.ts'
import type { CatalogNewsView } from '#shared/host/catalog-views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Section } from '../../kit/page.tsx'
import { Time } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import styles from './catalog-news.module.css'

/** What changed with each version of the catalog, newest first; nothing before the first change. */
export function CatalogNews() {
  const news = useHostData('catalog.news', {}, { refreshOn: ['catalog'] })
  const rates = useHostData('catalog.read', {}, { refreshOn: ['catalog'] })
  if (!news.data || news.data.length === 0) return null
  const upcoming = new Set(rates.data?.upcoming.map(({ version }) => version))
  return (
    <Section
      title="What changed"
      text="Runs made before a change keep the price they were made at."
    >
      <ol className={styles.list}>
        {news.data.map((one) => (
          <li key={one.version}>
            <News news={one} isUpcoming={upcoming.has(one.version)} />
          </li>
        ))}
      </ol>
    </Section>
  )
}

function News({
  news,
  isUpcoming,
}: {
  readonly news: CatalogNewsView
  readonly isUpcoming: boolean
}) {
  const { version, from, changes } = news
  return (
    <details>
      <summary className={styles.head}>
        <Time at={from} />
        <span className={styles.soft}>
          Version {version}, {changes.length === 1 ? '1 change' : `${changes.length} changes`}
        </span>
        {isUpcoming && <Badge tone="accent">Coming</Badge>}
      </summary>
      <ul className={styles.changes}>
        {changes.map((change) => (
          <li key={change.path}>
            {change.what}: <span className={styles.soft}>{changeInWords(change)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function changeInWords({ before, after }: CatalogChange): string {
  if (before === null) return `new, ${after ?? ''}`
  if (after === null) return `no longer offered, was ${before}`
  return `${after}, was ${before}`
}
