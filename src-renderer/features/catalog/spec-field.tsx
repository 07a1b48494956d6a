import { useMemo } from 'react'
import { Plus, Trash2 } from 'lucide-react'
import { Button, IconButton } from '../../kit/button.tsx'
import { Select } from '../../kit/select.tsx'
import {
  isList,
  isObject,
  type JsonObject,
  type Path,
  pathText,
  valueAt,
  withValue,
} from './document.ts'
import { type Editing, EditingContext, problemsAt, problemText, useEditing } from './editing.ts'
import type { FieldSpec } from './field-spec.ts'
import { LeafField } from './leaf-field.tsx'
import styles from './catalog.module.css'

interface SpecFieldProps<Kind extends FieldSpec['kind'] = FieldSpec['kind']> {
  readonly spec: Extract<FieldSpec, { kind: Kind }>
  /** Of the value itself. */
  readonly path: Path
}

/** The fields of an object, in two columns where there is room. */
export function SpecFields({
  fields,
  path,
}: {
  readonly fields: readonly FieldSpec[]
  readonly path: Path
}) {
  const { document } = useEditing()
  const shown = fields.filter(
    ({ when }) => !when || valueAt(document, [...path, when.name]) === when.is,
  )
  return (
    <div className={styles.fields}>
      {shown.map((spec) => (
        <SpecField key={spec.name} spec={spec} siblings={fields} path={[...path, spec.name]} />
      ))}
    </div>
  )
}

function SpecField({
  spec,
  siblings,
  path,
}: SpecFieldProps & { readonly siblings: readonly FieldSpec[] }) {
  switch (spec.kind) {
    case 'group':
      return <GroupField spec={spec} path={path} />
    case 'variant':
      return <VariantField spec={spec} path={path} />
    case 'list':
      return <ListField spec={spec} path={path} />
    default:
      return <LeafField spec={spec} siblings={siblings} path={path} />
  }
}

/** What is wrong with a place as a whole; its parts tell of themselves. */
function PlaceProblems({ path }: { readonly path: Path }) {
  const { problems } = useEditing()
  return problemsAt(problems, path, false).map((problem) => (
    <p key={problem.message} className={styles.error}>
      {problemText(problem)}
    </p>
  ))
}

function GroupField({ spec, path }: SpecFieldProps<'group'>) {
  const editing = useEditing()
  const filled = useMemo(() => withGroup(editing, path, spec.otherwise), [editing, path, spec])
  return (
    <fieldset className={styles.group} data-place={pathText(path)}>
      <legend className={styles.legend}>{spec.label}</legend>
      {spec.hint && <p className={styles.hint}>{spec.hint}</p>}
      <PlaceProblems path={path} />
      <EditingContext value={filled}>
        <SpecFields fields={spec.fields} path={path} />
      </EditingContext>
    </fieldset>
  )
}

/** A group the catalog leaves out shows what holds then; changing one field writes all of it. */
function withGroup(editing: Editing, path: Path, otherwise: JsonObject): Editing {
  const { document, change } = editing
  if (valueAt(document, path) !== undefined) return editing
  return {
    ...editing,
    document: withValue(document, path, otherwise),
    change: (place, value) => change(path, withValue(otherwise, place.slice(path.length), value)),
  }
}

function VariantField({ spec, path }: SpecFieldProps<'variant'>) {
  const { document, change } = useEditing()
  const value = valueAt(document, path)
  const kind = isObject(value) ? value['kind'] : spec.otherwise['kind']
  const chosen = spec.variants.find((variant) => variant.value === kind)
  return (
    <fieldset className={styles.group} data-place={pathText(path)}>
      <legend className={styles.legend}>{spec.label}</legend>
      <Select
        label={spec.label}
        hideLabel
        value={chosen?.value ?? ''}
        options={spec.variants}
        onChange={(next) => {
          const variant = spec.variants.find((each) => each.value === next)
          if (variant && next !== kind) change(path, variant.fresh)
        }}
      />
      {spec.hint && <p className={styles.hint}>{spec.hint}</p>}
      <PlaceProblems path={path} />
      {chosen && chosen.fields.length > 0 && <SpecFields fields={chosen.fields} path={path} />}
    </fieldset>
  )
}

function ListField({ spec, path }: SpecFieldProps<'list'>) {
  const { document, change } = useEditing()
  const value = valueAt(document, path)
  const entries = isList(value) ? value : []
  return (
    <fieldset className={styles.group} data-place={pathText(path)}>
      <legend className={styles.legend}>{spec.label}</legend>
      {spec.hint && <p className={styles.hint}>{spec.hint}</p>}
      <PlaceProblems path={path} />
      {entries.map((_, index) => (
        <div
          key={index}
          role="group"
          aria-label={`${spec.entry} ${index + 1}`}
          className={styles.entry}
        >
          <SpecFields fields={spec.fields} path={[...path, index]} />
          <IconButton
            size="small"
            label={`Remove ${spec.entry.toLowerCase()} ${index + 1}`}
            icon={<Trash2 size={16} aria-hidden />}
            onClick={() => change([...path, index], undefined)}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus size={14} aria-hidden />}
          onClick={() => change(path, [...entries, spec.fresh])}
        >
          Add {spec.entry.toLowerCase()}
        </Button>
      </div>
    </fieldset>
  )
}
