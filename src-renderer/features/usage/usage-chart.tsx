import { useMemo, useState } from 'react'
import { BarChart3, Table2 } from 'lucide-react'
import { Button } from '../../kit/button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { creditsInWords } from '../../kit/format.ts'
import { Swatch } from '../../kit/meter.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { ChartBars } from './chart-bars.tsx'
import {
  type ChartSeries,
  layoutUsageChart,
  seriesColour,
  type UsageChart,
} from './chart-layout.ts'
import { ChartTable } from './chart-table.tsx'
import { formatDaySpan, rangeDays } from './date-range.ts'
import {
  chartFilter,
  pickDays,
  pickPart,
  toggleChoice,
  type Today,
  type UsageQuery,
} from './usage-query.ts'
import { rangeName } from './usage-words.ts'
import type { ChangeQuery } from './use-usage-query.ts'
import styles from './usage-chart.module.css'

const STEP_TITLES = { day: 'Per day', week: 'Per week', month: 'Per month' } as const

interface UsageChartProps {
  readonly query: UsageQuery
  readonly change: ChangeQuery
  readonly when: Today
}

/** Credits over time, stacked by operation. Bars, their parts and names are filters; a table says the same. */
export function UsageChartSection({ query, change, when }: UsageChartProps) {
  const [asTable, setAsTable] = useState(false)
  const { data, error, reload } = useHostData(
    'usage.days',
    { filter: chartFilter(query, when) },
    { refreshOn: ['usage', 'labels'] },
  )
  const span = useMemo(() => rangeDays(query.range, when.today), [query.range, when.today])
  const chart = useMemo(
    () => (data ? layoutUsageChart(data, span, when.today) : null),
    [data, span, when.today],
  )
  const title = chart ? STEP_TITLES[chart.step] : STEP_TITLES.day
  return (
    <Section
      title={title}
      text={
        chart
          ? chartText(chart, rangeName(query.range, when.today))
          : rangeName(query.range, when.today)
      }
      actions={
        <Button
          variant="quiet"
          size="small"
          aria-pressed={asTable}
          icon={asTable ? <BarChart3 size={16} aria-hidden /> : <Table2 size={16} aria-hidden />}
          onClick={() => setAsTable((shown) => !shown)}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      }
    >
      {!chart && error && <ErrorState error={error} onRetry={reload} />}
      {!chart && !error && (
        <div className={styles.waiting}>
          <Skeleton label="Loading the chart" lines={1} height={220} />
        </div>
      )}
      {chart && (
        <>
          {asTable ? (
            <ChartTable chart={chart} today={when.today} />
          ) : (
            <ChartBars
              chart={chart}
              today={when.today}
              picked={query.picked ? formatDaySpan(query.picked) : null}
              operations={query.operations}
              onPick={(days, operation) =>
                change((before) =>
                  operation === null ? pickDays(before, days) : pickPart(before, days, operation),
                )
              }
            />
          )}
          <ChartLegend
            series={chart.series}
            chosen={query.operations}
            onToggle={(operation) =>
              change((before) => toggleChoice(before, 'operations', operation))
            }
          />
        </>
      )}
    </Section>
  )
}

function chartText(chart: UsageChart, range: string): string {
  return `${range}: ${creditsInWords(chart.total)}`
}

function ChartLegend(props: {
  readonly series: readonly ChartSeries[]
  readonly chosen: readonly string[]
  readonly onToggle: (operation: string) => void
}) {
  if (props.series.length === 0) return null
  return (
    <ul className={styles.legend} aria-label="Operations in the chart">
      {props.series.map(({ operation, name, total }, index) => {
        const inside = (
          <>
            <Swatch series={seriesColour(props.series, index)} />
            <span className={styles.name}>{name}</span>
            <span className={styles.total}>{creditsInWords(total)}</span>
          </>
        )
        return (
          <li key={operation ?? ''}>
            {operation === null ? (
              <span className={styles.entry}>{inside}</span>
            ) : (
              <button
                type="button"
                className={styles.entry}
                aria-pressed={props.chosen.includes(operation)}
                onClick={() => props.onToggle(operation)}
              >
                {inside}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
