import type { CatalogChange } from '#shared/catalog/diff.ts'
import { plural } from '../../kit/format.ts'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import styles from './catalog.module.css'

interface ChangesViewProps {
  /** Null while the draft cannot be read. */
  readonly changes: readonly CatalogChange[] | null
}

/** The draft beside the version in force: only what differs. */
export function ChangesView({ changes }: ChangesViewProps) {
  if (changes === null) return <p className={styles.hint}>Fix the problems of the draft first.</p>
  if (changes.length === 0) {
    return <p className={styles.hint}>The draft is the same as the version in force.</p>
  }
  return (
    <div className={styles.stack}>
      <p>{plural(changes.length, 'change')} from the version in force.</p>
      <Table framed aria-label="Changes from the version in force">
        <TableHead columns={['What', 'In force', 'Draft']} />
        <tbody>
          {changes.map(({ path, what, before, after }) => (
            <tr key={path}>
              <Td className={styles.value}>{what}</Td>
              <Td className={styles.value}>
                <span className={styles.before}>{before ?? 'new'}</span>
              </Td>
              <Td className={styles.value}>{after ?? 'gone'}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}
