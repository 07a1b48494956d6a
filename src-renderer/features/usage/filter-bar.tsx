import type { ReactNode } from 'react'
import { ChevronDown, Search, X } from 'lucide-react'
import { STUDIOS } from '#shared/credits/studios.ts'
import { USAGE_GROUPINGS, USAGE_STATUSES, type UsageGrouping } from '#shared/usage/filter.ts'
import { Chip } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Popover } from '../../kit/popover.tsx'
import { SearchInput } from '../../kit/search-input.tsx'
import { Select } from '../../kit/select.tsx'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import { ChoiceList, HostChoiceList } from './choice-list.tsx'
import { DatePicker } from './date-picker.tsx'
import { GROUPING_LABELS } from './group-table.ts'
import {
  DEFAULT_PRESET,
  EMPTY_QUERY,
  isNarrowed,
  LIST_FILTERS,
  type ListFilter,
  type Today,
  toggleChoice,
  type UsageQuery,
} from './usage-query.ts'
import { NO_SUBJECT, rangeName, spanName, STATUS_NAMES } from './usage-words.ts'
import type { ChangeQuery } from './use-usage-query.ts'
import styles from './filter-bar.module.css'

const LIST_LABELS: Readonly<Record<ListFilter, string>> = {
  studios: 'Studio',
  operations: 'Operation',
  models: 'Model',
  subjects: 'Subject',
  statuses: 'Status',
}

const GROUP_OPTIONS = [
  { value: 'none', label: 'Not grouped' },
  ...USAGE_GROUPINGS.map((by) => ({ value: by, label: `By ${GROUPING_LABELS[by].toLowerCase()}` })),
] as const

export type NameOf = (list: ListFilter, value: string) => string

interface FilterBarProps {
  readonly query: UsageQuery
  readonly change: ChangeQuery
  readonly when: Today
  readonly nameOf: NameOf
  /** Beside the grouping: the export. */
  readonly children?: ReactNode
}

/** Search, filters, grouping; and what narrows the table now, each as a chip to take away. */
export function FilterBar({ query, change, when, nameOf, children }: FilterBarProps) {
  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <SearchInput
          label="Search the usage history"
          placeholder="Search operation, model, subject"
          value={query.search}
          onChange={(search) => change((before) => ({ ...before, search }))}
          icon={<Search size={16} aria-hidden />}
        />
        <Select<UsageGrouping | 'none'>
          label="Group by"
          hideLabel
          value={query.groupBy ?? 'none'}
          options={GROUP_OPTIONS}
          onChange={(by) => change((before) => ({ ...before, groupBy: by === 'none' ? null : by }))}
        />
        {children}
      </div>
      <div className={styles.line} role="group" aria-label="Filters">
        <FilterButton label={rangeName(query.range, when.today)} name="Dates">
          <DatePicker
            range={query.range}
            today={when.today}
            onChange={(range) => change((before) => ({ ...before, range, picked: null }))}
          />
        </FilterButton>
        {LIST_FILTERS.map((list) => (
          <FilterButton key={list} label={LIST_LABELS[list]} count={query[list].length}>
            <Choices
              list={list}
              query={query}
              when={when}
              nameOf={nameOf}
              onToggle={(value) => change((before) => toggleChoice(before, list, value))}
            />
          </FilterButton>
        ))}
      </div>
      <Chips query={query} change={change} when={when} nameOf={nameOf} />
    </div>
  )
}

function Choices(props: {
  readonly list: ListFilter
  readonly query: UsageQuery
  readonly when: Today
  readonly nameOf: NameOf
  readonly onToggle: (value: string) => void
}) {
  const { list, query, when, nameOf, onToggle } = props
  if (list === 'studios' || list === 'statuses') {
    const choices =
      list === 'studios'
        ? STUDIOS.map((value) => ({ value, label: STUDIO_NAMES[value] }))
        : USAGE_STATUSES.map((value) => ({ value, label: STATUS_NAMES[value] }))
    return <ChoiceList choices={choices} chosen={query[list]} onToggle={onToggle} />
  }
  return (
    <HostChoiceList list={list} query={query} when={when} nameOf={nameOf} onToggle={onToggle} />
  )
}

function FilterButton(props: {
  readonly label: string
  readonly name?: string
  readonly count?: number
  readonly children: ReactNode
}) {
  const { label, name = label, count = 0, children } = props
  return (
    <Popover
      title={name}
      align="start"
      trigger={
        <Button size="small">
          {name !== label && <span className="visually-hidden">{name}: </span>}
          <span className={styles.label}>{label}</span>
          {count > 0 && (
            <span className={styles.count}>
              {count}
              <span className="visually-hidden"> chosen</span>
            </span>
          )}
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
    >
      {children}
    </Popover>
  )
}

function Chips({ query, change, when, nameOf }: Omit<FilterBarProps, 'children'>) {
  const ranged = 'days' in query.range || query.range.preset !== DEFAULT_PRESET
  if (!ranged && !isNarrowed(query)) return null
  return (
    <div className={styles.chips} role="group" aria-label="Filters in force">
      {ranged && (
        <Chip
          label={rangeName(query.range, when.today)}
          onRemove={() => change((before) => ({ ...before, range: EMPTY_QUERY.range }))}
        />
      )}
      {query.picked && (
        <Chip
          label={`Only ${spanName(query.picked, when.today)}`}
          onRemove={() => change((before) => ({ ...before, picked: null }))}
        />
      )}
      {LIST_FILTERS.flatMap((list) =>
        query[list].map((value) => (
          <Chip
            key={`${list} ${value}`}
            label={`${LIST_LABELS[list]}: ${value === '' ? NO_SUBJECT : nameOf(list, value)}`}
            onRemove={() => change((before) => toggleChoice(before, list, value))}
          />
        )),
      )}
      {query.search.trim() !== '' && (
        <Chip
          label={`“${query.search.trim()}”`}
          onRemove={() => change((before) => ({ ...before, search: '' }))}
        />
      )}
      <Button
        variant="quiet"
        size="small"
        icon={<X size={14} aria-hidden />}
        onClick={() => change(({ groupBy }) => ({ ...EMPTY_QUERY, groupBy }))}
      >
        Clear filters
      </Button>
    </div>
  )
}
