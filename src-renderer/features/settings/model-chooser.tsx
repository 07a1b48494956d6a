import { useState } from 'react'
import { Plus } from 'lucide-react'
import type { ModelMapping } from '#shared/host/calls.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { STUDIOS, type Studio } from '#shared/credits/studios.ts'
import { Button } from '../../kit/button.tsx'
import { Checkbox } from '../../kit/checkbox.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { plural } from '../../kit/format.ts'
import { SearchInput } from '../../kit/search-input.tsx'
import { Select } from '../../kit/select.tsx'
import { Switch } from '../../kit/switch.tsx'
import { useHostData } from '../../state/host.ts'
import { STUDIO_NAMES } from '../../words/studio-names.ts'
import { type ListedModel, operationsFor, withStudio } from './provider-draft.ts'
import styles from './providers.module.css'

const MAX_MODELS = 200
/** A list longer than this gets a search. */
const MANY = 12
const STUDIO_OPTIONS = STUDIOS.map((studio) => ({ value: studio, label: STUDIO_NAMES[studio] }))
const NO_OPERATIONS: readonly OperationRate[] = []

interface ModelChooserProps {
  readonly models: readonly ListedModel[]
  /** Whether the connection has listed its models. */
  readonly tested: boolean
  readonly onChange: (used: readonly ModelMapping[]) => void
}

/** Which models are used, in which studio, and by which rate they are charged. */
export function ModelChooser({ models, tested, onChange }: ModelChooserProps) {
  const { data } = useHostData('rates.read', {}, { refreshOn: ['catalog'] })
  const [search, setSearch] = useState('')
  const operations = data?.operations ?? NO_OPERATIONS
  const used = models.filter((model) => model.used).map(({ mapping }) => mapping)
  const words = search.trim().toLowerCase()
  const shown = models.filter(({ mapping }) => mapping.name.toLowerCase().includes(words))
  const replace = (name: string, next: ModelMapping | null) =>
    onChange(used.flatMap((each) => (each.name === name ? (next ?? []) : each)))
  const add = (mapping: ModelMapping) => {
    if (used.length < MAX_MODELS && !used.some(({ name }) => name === mapping.name)) {
      onChange([...used, mapping])
    }
  }
  return (
    <section className={styles.models} aria-label="Models">
      <h3 className={styles.heading}>Models</h3>
      <p className={styles.soft}>
        {tested || models.length > 0
          ? `${plural(used.length, 'model')} in use. Each is charged by the rate you choose for it.`
          : 'Test the connection to list them, or add one by its name.'}
      </p>
      {models.length > MANY && (
        <SearchInput
          label="Search models"
          placeholder="Search models"
          value={search}
          onChange={setSearch}
        />
      )}
      {shown.length > 0 && (
        <ul className={styles.modelList}>
          {shown.map(({ mapping, used: isUsed }) => (
            <li key={mapping.name} className={styles.model}>
              <Checkbox
                label={mapping.name}
                checked={isUsed}
                onChange={(next) => (next ? add(mapping) : replace(mapping.name, null))}
              />
              {isUsed && (
                <Mapping
                  mapping={mapping}
                  operations={operations}
                  onChange={(next) => replace(mapping.name, next)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <AddModel operations={operations} onAdd={add} />
    </section>
  )
}

function Mapping(props: {
  readonly mapping: ModelMapping
  readonly operations: readonly OperationRate[]
  readonly onChange: (next: ModelMapping) => void
}) {
  const { mapping, operations, onChange } = props
  return (
    <div className={styles.mapping}>
      <Select<Studio>
        label={`Studio of ${mapping.name}`}
        hideLabel
        size="small"
        value={mapping.studio}
        options={STUDIO_OPTIONS}
        onChange={(studio) => onChange(withStudio(mapping, studio, operations))}
      />
      <Select
        label={`Rate of ${mapping.name}`}
        hideLabel
        size="small"
        value={mapping.operation}
        options={operationsFor(operations, mapping.studio).map(({ id, name }) => ({
          value: id,
          label: name,
        }))}
        onChange={(operation) => onChange({ ...mapping, operation })}
      />
      {mapping.studio === 'chat' && (
        <Switch
          label="Web search"
          checked={mapping.webSearch}
          onChange={(webSearch) => onChange({ ...mapping, webSearch })}
        />
      )}
    </div>
  )
}

/** For providers that do not list their models. */
function AddModel(props: {
  readonly operations: readonly OperationRate[]
  readonly onAdd: (mapping: ModelMapping) => void
}) {
  const [name, setName] = useState('')
  // The least dear until the person chooses: a guess must not surprise.
  const [first] = operationsFor(props.operations, 'chat').toSorted(
    (left, right) => left.minimum - right.minimum,
  )
  const add = () => {
    if (!first || name.trim() === '') return
    props.onAdd({ name: name.trim(), studio: 'chat', operation: first.id, webSearch: false })
    setName('')
  }
  return (
    <div className={styles.add}>
      <Field label="Add a model by name">
        <TextInput
          value={name}
          maxLength={200}
          spellCheck={false}
          placeholder="llama3.2"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
        />
      </Field>
      <Button icon={<Plus size={16} aria-hidden />} disabled={name.trim() === ''} onClick={add}>
        Add
      </Button>
    </div>
  )
}
