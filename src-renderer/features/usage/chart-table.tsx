import { Credits } from '../../kit/credits.tsx'
import { Table, Td, Th } from '../../kit/table.tsx'
import { ZERO } from '#shared/credits/amount.ts'
import type { UsageChart } from './chart-layout.ts'
import { spanName } from './usage-words.ts'
import styles from './chart-table.module.css'

const STEP_NAMES = { day: 'Day', week: 'Week', month: 'Month' } as const

/** The chart as text: the same columns, newest first; days without usage are left out. */
export function ChartTable({
  chart,
  today,
}: {
  readonly chart: UsageChart
  readonly today: string
}) {
  const columns = chart.columns.filter(({ total }) => total > 0).reverse()
  return (
    // A scrolling region takes the focus so that arrow keys can scroll it.
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="The chart as a table">
      <Table aria-label="Credits over time, by operation">
        <thead>
          <tr>
            <Th>{STEP_NAMES[chart.step]}</Th>
            {chart.series.map(({ operation, name }) => (
              <Th key={operation ?? ''} numeric>
                {name}
              </Th>
            ))}
            <Th numeric>Total</Th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.days.first}>
              <Td>{spanName(column.days, today)}</Td>
              {chart.series.map(({ operation }, index) => (
                <Td key={operation ?? ''} numeric>
                  <Credits
                    amount={column.segments.find(({ series }) => series === index)?.charged ?? ZERO}
                  />
                </Td>
              ))}
              <Td numeric>
                <Credits amount={column.total} />
              </Td>
            </tr>
          ))}
          {columns.length === 0 && (
            <tr>
              <Td colSpan={2}>Nothing was charged in these days.</Td>
            </tr>
          )}
        </tbody>
      </Table>
    </div>
  )
}
