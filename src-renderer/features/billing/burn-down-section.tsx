import { useState } from 'react'
import { ChartArea, Table2 } from 'lucide-react'
import type { BurnDownView } from '#shared/host/billing.ts'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Swatch } from '../../kit/meter.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, Td, Th } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { useHostData } from '../../state/host.ts'
import { BurnDownFigure } from './burn-down-figure.tsx'
import { stackBurnDown } from './burn-down-layout.ts'
import styles from './burn-down.module.css'

/** How each grant went down over the month, drawn, with the same as a table. */
export function BurnDownSection() {
  const [asTable, setAsTable] = useState(false)
  const { data, error, reload } = useHostData('billing.burnDown', {}, { refreshOn: ['balance'] })
  return (
    <Section
      title="How your credits go down"
      text="What was left of each grant over this month. What pays first lies on top."
      actions={
        <Button
          variant="quiet"
          size="small"
          aria-pressed={asTable}
          icon={asTable ? <ChartArea size={16} aria-hidden /> : <Table2 size={16} aria-hidden />}
          onClick={() => setAsTable((shown) => !shown)}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      }
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && (
        <div className={styles.waiting}>
          <Skeleton label="Loading the burn-down" lines={1} height={220} />
        </div>
      )}
      {data?.series.length === 0 && <Note>There were no credits this month.</Note>}
      {data && data.series.length > 0 && (
        <>
          {asTable ? <BurnDownTable view={data} /> : <BurnDownFigure view={data} />}
          {!asTable && <Legend view={data} />}
        </>
      )}
    </Section>
  )
}

function Legend({ view }: { readonly view: BurnDownView }) {
  return (
    <ul className={styles.legend} aria-label="Grants in the chart">
      {[...stackBurnDown(view).bands].reverse().map(({ grantId, label, series }) => (
        <li key={grantId} className={styles.entry}>
          <Swatch series={series} />
          <span>{label}</span>
        </li>
      ))}
    </ul>
  )
}

/** Newest first, as people look for today. */
function BurnDownTable({ view: { moments, series } }: { readonly view: BurnDownView }) {
  return (
    // A scrolling region takes the focus so that arrow keys can scroll it.
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="The burn-down as a table">
      <Table aria-label="Left of each grant over the month">
        <thead>
          <tr>
            <Th>When</Th>
            {series.map(({ grantId, label }) => (
              <Th key={grantId} numeric>
                {label}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {moments
            .map((moment, index) => (
              <tr key={moment}>
                <Td>
                  <Time at={moment} />
                </Td>
                {series.map(({ grantId, left }) => {
                  const amount = left[index] ?? null
                  return (
                    <Td key={grantId} numeric>
                      {amount === null ? '–' : <Credits amount={amount} />}
                    </Td>
                  )
                })}
              </tr>
            ))
            .reverse()}
        </tbody>
      </Table>
    </div>
  )
}
