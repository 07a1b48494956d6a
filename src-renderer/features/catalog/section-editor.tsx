import { Plus, Trash2 } from 'lucide-react'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { classes } from '../../kit/classes.ts'
import { isList, isObject, type Json, type JsonObject, valueAt } from './document.ts'
import { problemsAt, useEditing } from './editing.ts'
import type { SectionSpec } from './field-spec.ts'
import { SpecFields } from './spec-field.tsx'
import styles from './catalog.module.css'

type EntriesSpec = Extract<SectionSpec, { kind: 'entries' }>

interface SectionEditorProps {
  readonly section: SectionSpec
  /** Which entry of a list is open. */
  readonly open: number
  readonly onOpen: (index: number) => void
}

/** One part of the catalog: its fields, or a list of entries with the fields of the open one. */
export function SectionEditor({ section, open, onOpen }: SectionEditorProps) {
  if (section.kind === 'fields') return <SpecFields fields={section.fields} path={[]} />
  return <EntriesEditor section={section} open={open} onOpen={onOpen} />
}

function EntriesEditor({
  section,
  open,
  onOpen,
}: SectionEditorProps & { readonly section: EntriesSpec }) {
  const { document, change } = useEditing()
  const value = valueAt(document, [section.name])
  const entries = isList(value) ? value : []
  const shown = Math.min(open, entries.length - 1)
  const add = () => {
    change([section.name], [...entries, freshEntry(section, entries)])
    onOpen(entries.length)
  }
  return (
    <div className={styles.entries}>
      <div className={styles.side}>
        <ul className={styles.names} aria-label={section.title}>
          {entries.map((entry, index) => (
            <li key={index}>
              <EntryName
                section={section}
                entry={entry}
                index={index}
                open={index === shown}
                onOpen={() => onOpen(index)}
              />
            </li>
          ))}
        </ul>
        <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={add}>
          Add {section.entry.toLowerCase()}
        </Button>
      </div>
      {shown >= 0 ? (
        <div
          key={shown}
          role="group"
          aria-label={`${section.entry}: ${nameOf(section, entries[shown])}`}
          className={styles.form}
        >
          <SpecFields fields={section.fields} path={[section.name, shown]} />
          <div>
            <Button
              size="small"
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => {
                change([section.name, shown], undefined)
                onOpen(Math.max(0, shown - 1))
              }}
            >
              Remove {section.entry.toLowerCase()}
            </Button>
          </div>
        </div>
      ) : (
        <p className={styles.hint}>There are none. Add the first one.</p>
      )}
    </div>
  )
}

function EntryName(props: {
  readonly section: EntriesSpec
  readonly entry: Json
  readonly index: number
  readonly open: boolean
  readonly onOpen: () => void
}) {
  const { section, entry, index, open, onOpen } = props
  const { problems } = useEditing()
  const wrong = problemsAt(problems, [section.name, index], true).length
  return (
    <button
      type="button"
      aria-current={open ? 'true' : undefined}
      className={classes(styles.entryName, open && styles.open)}
      onClick={onOpen}
    >
      <span className={styles.words}>{nameOf(section, entry)}</span>
      {wrong > 0 && <Badge tone="bad">{wrong}</Badge>}
    </button>
  )
}

function nameOf({ key, entry: kind }: EntriesSpec, entry: Json | undefined): string {
  if (!isObject(entry)) return kind
  const name = key === 'code' ? entry['code'] : entry['name']
  return typeof name === 'string' && name !== '' ? name : kind
}

/** A new entry whose id none of the others has. */
function freshEntry({ key, fresh }: EntriesSpec, entries: readonly Json[]): JsonObject {
  const taken = new Set(entries.map((entry) => (isObject(entry) ? entry[key] : null)))
  const named = fresh[key]
  const first = typeof named === 'string' ? named : key
  let id = first
  for (let count = 2; taken.has(id); count++) id = `${first}-${count}`
  return { ...fresh, [key]: id }
}
