import { Checkbox } from '../../kit/checkbox.tsx'
import { formatCount } from '../../kit/format.ts'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { choicesFilter, type ListFilter, type Today, type UsageQuery } from './usage-query.ts'
import { NO_SUBJECT } from './usage-words.ts'
import styles from './choice-list.module.css'

export interface Choice {
  readonly value: string
  readonly label: string
  /** How many operations have it, where known. */
  readonly count?: number
}

interface ChoiceListProps {
  readonly choices: readonly Choice[]
  readonly chosen: readonly string[]
  readonly onToggle: (value: string) => void
}

/** Choices of a filter to tick. */
export function ChoiceList({ choices, chosen, onToggle }: ChoiceListProps) {
  return (
    <div className={styles.list}>
      {choices.map(({ value, label, count }) => (
        <Checkbox
          key={value}
          label={label}
          checked={chosen.includes(value)}
          onChange={() => onToggle(value)}
          {...(count === undefined ? {} : { detail: formatCount(count) })}
        />
      ))}
      {choices.length === 0 && <p className={styles.none}>Nothing to choose in these days.</p>}
    </div>
  )
}

const GROUPINGS = { operations: 'operation', models: 'model', subjects: 'subject' } as const

interface HostChoiceListProps {
  readonly list: keyof typeof GROUPINGS & ListFilter
  readonly query: UsageQuery
  readonly when: Today
  readonly nameOf: (list: ListFilter, value: string) => string
  readonly onToggle: (value: string) => void
}

/** The choices that occur in the history as otherwise filtered, the most used first. */
export function HostChoiceList({ list, query, when, nameOf, onToggle }: HostChoiceListProps) {
  const { data, error } = useHostData('usage.groups', {
    filter: choicesFilter(query, list, when),
    by: GROUPINGS[list],
  })
  if (error) return <p className={styles.none}>{error.message}</p>
  if (!data) return <Skeleton label="Loading choices" lines={3} height={24} />
  const present = new Set(data.map(({ key }) => key))
  const found = [...data]
    .sort((left, right) => right.operations - left.operations)
    .map(({ key, label, operations }) => ({
      value: key,
      label: key === '' ? NO_SUBJECT : label,
      count: operations,
    }))
  const gone = query[list]
    .filter((value) => !present.has(value))
    .map((value) => ({ value, label: value === '' ? NO_SUBJECT : nameOf(list, value), count: 0 }))
  return <ChoiceList choices={[...found, ...gone]} chosen={query[list]} onToggle={onToggle} />
}
