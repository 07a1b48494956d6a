import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { Download, ReceiptText } from 'lucide-react'
import { Button, ButtonLink } from '../../kit/button.tsx'
import { EmptyState, ErrorState } from '../../kit/empty-state.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { useProviders } from '../../state/app-store.ts'
import { openCharge } from '../../state/charge-dialog.ts'
import { callOrTell, useHostData } from '../../state/host.ts'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import { downloadText } from '../../components/download-text.ts'
import { FilterBar, type NameOf } from './filter-bar.tsx'
import { groupsToCsv } from './group-csv.ts'
import { buildGroupTable } from './group-table.ts'
import { GroupView } from './group-view.tsx'
import { UsageChartSection } from './usage-chart.tsx'
import { UsageFigures } from './usage-figures.tsx'
import { isNarrowed, openGroup, tableFilter, type Today, type UsageQuery } from './usage-query.ts'
import { UsageTable } from './usage-table.tsx'
import { groupName, STATUS_NAMES } from './usage-words.ts'
import { SelectionBar } from './selection-bar.tsx'
import { type UsageRows, useUsageRows } from './use-usage-rows.ts'
import { type ChangeQuery, useChargeLink, useToday, useUsageQuery } from './use-usage-query.ts'

interface ViewProps {
  readonly query: UsageQuery
  readonly change: ChangeQuery
  readonly when: Today
}

/** Usage: the figures, the chart, and every operation there ever was. */
export function UsagePage() {
  const [query, change] = useUsageQuery()
  const when = useToday()
  useChargeLink()
  return (
    <Page>
      <UsageFigures />
      <UsageChartSection query={query} change={change} when={when} />
      <History query={query} change={change} when={when} />
    </Page>
  )
}

function History(view: ViewProps) {
  const nameOf = useNames()
  const { query } = view
  return (
    <Section title="Operations">
      {query.groupBy ? (
        <Groups {...view} by={query.groupBy} nameOf={nameOf} />
      ) : (
        <Rows {...view} nameOf={nameOf} />
      )}
    </Section>
  )
}

function Rows({ query, change, when, nameOf }: ViewProps & { readonly nameOf: NameOf }) {
  const filter = tableFilter(query, when)
  const usage = useUsageRows(filter)
  const [, navigate] = useLocation()
  const exportRows = async () => {
    const file = await callOrTell('usage.export', { filter })
    if (file) downloadText(file.fileName, file.text, 'text/csv;charset=utf-8')
  }
  return (
    <>
      <FilterBar query={query} change={change} when={when} nameOf={nameOf}>
        <ExportButton disabled={usage.rows.length === 0} onExport={exportRows} />
      </FilterBar>
      {usage.loading && <Skeleton label="Loading operations" lines={6} height={36} />}
      {!usage.loading && usage.rows.length === 0 && usage.error && (
        <ErrorState error={usage.error} onRetry={usage.reload} />
      )}
      {!usage.loading && usage.rows.length === 0 && !usage.error && (
        <NoRows query={query} onClear={() => navigate('/usage?range=all', { replace: true })} />
      )}
      {usage.rows.length > 0 && <ChoosableTable key={JSON.stringify(filter)} usage={usage} />}
    </>
  )
}

/** The table with what was chosen in it; another filter begins with nothing chosen. */
function ChoosableTable({ usage }: { readonly usage: UsageRows }) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(() => new Set())
  return (
    <>
      <UsageTable usage={usage} onOpen={openCharge} selected={selected} onSelect={setSelected} />
      <SelectionBar selected={selected} onClear={() => setSelected(new Set())} />
    </>
  )
}

function NoRows({ query, onClear }: { readonly query: UsageQuery; readonly onClear: () => void }) {
  const anyTime = 'preset' in query.range && query.range.preset === 'all'
  if (!isNarrowed(query)) {
    return (
      <EmptyState
        icon={<ReceiptText size={24} aria-hidden />}
        title={anyTime ? 'Nothing used yet' : 'Nothing used in these days'}
        text="Every run appears here the moment it starts, with what it was quoted and what it cost."
      >
        <ButtonLink href="/chat" variant="primary">
          Start a chat
        </ButtonLink>
        {!anyTime && <Button onClick={onClear}>Show all time</Button>}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<ReceiptText size={24} aria-hidden />}
      title="No operations match"
      text="Take a filter away, choose other days, or look at everything there is."
    >
      <Button onClick={onClear}>Show everything</Button>
    </EmptyState>
  )
}

interface GroupsProps extends ViewProps {
  readonly by: NonNullable<UsageQuery['groupBy']>
  readonly nameOf: NameOf
}

function Groups({ query, change, when, by, nameOf }: GroupsProps) {
  const filter = tableFilter(query, when)
  const { data, error, reload } = useHostData(
    'usage.groups',
    { filter, by },
    { refreshOn: ['usage', 'labels'] },
  )
  const table = useMemo(() => (data ? buildGroupTable(data, by) : null), [data, by])
  const exportGroups = () => {
    if (!table) return
    const text = groupsToCsv(table, by, (group) => groupName(group, by, when.today))
    downloadText(`tallystick-usage-by-${by}-${when.today}.csv`, text, 'text/csv;charset=utf-8')
  }
  return (
    <>
      <FilterBar query={query} change={change} when={when} nameOf={nameOf}>
        <ExportButton disabled={!table || table.rows.length === 0} onExport={exportGroups} />
      </FilterBar>
      <GroupView
        by={by}
        groups={{ table, error, reload }}
        today={when.today}
        onOpen={(key) => change((before) => openGroup(before, by, key))}
      />
    </>
  )
}

function ExportButton(props: {
  readonly disabled: boolean
  readonly onExport: () => void | Promise<void>
}) {
  const [busy, whileBusy] = useBusy()
  return (
    <Button
      icon={<Download size={16} aria-hidden />}
      disabled={props.disabled}
      busy={busy}
      onClick={() => void whileBusy(props.onExport())}
    >
      Export CSV
    </Button>
  )
}

/** Names of what the address holds only by id; the id itself when it is not known any more. */
function useNames(): NameOf {
  const rates = useHostData('rates.read', {}, { refreshOn: ['catalog'] })
  const providers = useProviders()
  const operations = rates.data?.operations
  return useMemo(() => {
    const names = new Map<string, string>()
    for (const { id, name } of operations ?? []) names.set(`operations ${id}`, name)
    for (const { models } of providers) {
      for (const { id, name } of models) names.set(`models ${id}`, name)
    }
    for (const [id, name] of Object.entries(STUDIO_NAMES)) names.set(`studios ${id}`, name)
    for (const [id, name] of Object.entries(STATUS_NAMES)) names.set(`statuses ${id}`, name)
    return (list, value) => names.get(`${list} ${value}`) ?? value
  }, [operations, providers])
}
