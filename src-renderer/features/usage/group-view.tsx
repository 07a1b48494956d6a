import type { UsageGrouping } from '#shared/usage/filter.ts'
import { LinkButton } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { EmptyState, ErrorState } from '../../kit/empty-state.tsx'
import { formatCount } from '../../kit/format.ts'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, Td, Th } from '../../kit/table.tsx'
import { GROUPING_LABELS, type GroupTable } from './group-table.ts'
import { groupName } from './usage-words.ts'
import type { HostData } from '../../state/host.ts'
import styles from './group-view.module.css'

const SHOWN = 1_000
const percent = new Intl.NumberFormat('en', { style: 'percent' })

/** In whole percent; what is something is never shown as nothing. */
const shareText = (share: number) => (share > 0 && share < 0.005 ? '<1%' : percent.format(share))

interface GroupViewProps {
  readonly by: UsageGrouping
  readonly groups: Pick<HostData<unknown>, 'error' | 'reload'> & {
    readonly table: GroupTable | null
  }
  readonly today: string
  readonly onOpen: (key: string) => void
}

/** The history by day, operation, model or subject, with what each cost. A group opens its rows. */
export function GroupView({ by, groups, today, onOpen }: GroupViewProps) {
  const { table, error, reload } = groups
  if (!table) {
    if (error) return <ErrorState error={error} onRetry={reload} />
    return <Skeleton label="Loading groups" lines={6} height={32} />
  }
  if (table.rows.length === 0) {
    return <EmptyState title="Nothing matches" text="Remove a filter, or choose other days." />
  }
  return (
    <>
      <Table framed aria-label={`Usage by ${GROUPING_LABELS[by].toLowerCase()}`}>
        <thead>
          <tr>
            <Th>{GROUPING_LABELS[by]}</Th>
            <Th numeric>Operations</Th>
            <Th numeric>Credits</Th>
            <Th numeric>Share</Th>
            <Th className={styles.bars}>
              <span className="visually-hidden">Share as a bar</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, SHOWN).map((row) => (
            <tr key={row.key}>
              <Td className={styles.name}>
                <LinkButton className={styles.open} onClick={() => onOpen(row.key)}>
                  {groupName(row, by, today)}
                </LinkButton>
              </Td>
              <Td numeric>{formatCount(row.operations)}</Td>
              <Td numeric>
                <Credits amount={row.charged} />
              </Td>
              <Td numeric>{shareText(row.share)}</Td>
              <Td className={styles.bars}>
                <svg
                  className={styles.bar}
                  viewBox="0 0 100 8"
                  preserveAspectRatio="none"
                  aria-hidden
                >
                  <rect className={styles.fill} width={row.share * 100} height={8} />
                </svg>
              </Td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className={styles.total}>
            <Td>Total</Td>
            <Td numeric>{formatCount(table.operations)}</Td>
            <Td numeric>
              <Credits amount={table.charged} />
            </Td>
            <Td />
            <Td className={styles.bars} />
          </tr>
        </tfoot>
      </Table>
      {table.rows.length > SHOWN && (
        <p className={styles.note}>
          The first {formatCount(SHOWN)} of {formatCount(table.rows.length)} are shown; the export
          holds all of them.
        </p>
      )}
    </>
  )
}
