import { Checkbox } from '../../kit/checkbox.tsx'
import { Field } from '../../kit/field.tsx'
import { Select } from '../../kit/select.tsx'
import { Switch } from '../../kit/switch.tsx'
import { isList, isObject, type Json, type Path, pathText, valueAt, withValue } from './document.ts'
import { problemsAt, problemText, referenceOptions, useEditing } from './editing.ts'
import type { FieldSpec, Option } from './field-spec.ts'
import { amountText, readAmount } from './money-text.ts'
import { TypedArea, TypedInput } from './typed-input.tsx'
import styles from './catalog.module.css'

type LeafSpec = Exclude<FieldSpec, { kind: 'group' | 'variant' | 'list' }>
type Spec<Kind extends LeafSpec['kind']> = Extract<LeafSpec, { kind: Kind }>

interface LeafProps<Kind extends LeafSpec['kind'] = LeafSpec['kind']> {
  readonly spec: Spec<Kind>
  readonly path: Path
  readonly value: Json | undefined
  readonly error: string | null
  readonly set: (value: Json | undefined) => void
}

interface LeafFieldProps {
  readonly spec: LeafSpec
  /** The fields beside it. */
  readonly siblings: readonly FieldSpec[]
  readonly path: Path
}

/** One value of the catalog with its label, its hint and what is wrong with it. */
export function LeafField({ spec, siblings, path }: LeafFieldProps) {
  const { document, problems, change } = useEditing()
  const [problem] = problemsAt(problems, path, true)
  const beside = path.slice(0, -1)
  const props = {
    path,
    value: valueAt(document, path),
    error: problem ? problemText(problem) : null,
    set: (value: Json | undefined) => {
      const gone = siblings.filter(({ when }) => when?.name === spec.name && when.is !== value)
      if (gone.length === 0) change(path, value)
      else
        change(
          beside,
          withoutFields(withValue(valueAt(document, beside), [spec.name], value), gone),
        )
    },
  }
  return (
    <div className={spec.wide ? styles.wideField : undefined} data-place={pathText(path)}>
      <LeafControl spec={spec} {...props} />
    </div>
  )
}

/** Without what belongs to another choice: a catalog has no field that means nothing. */
function withoutFields(object: Json, fields: readonly FieldSpec[]): Json {
  return fields.reduce((rest, { name }) => withValue(rest, [name], undefined), object)
}

function LeafControl({ spec, ...props }: LeafProps) {
  switch (spec.kind) {
    case 'text':
    case 'credits':
    case 'count':
    case 'date':
      return <LineField spec={spec} {...props} />
    case 'money':
      return <MoneyField spec={spec} {...props} />
    case 'flag':
      return <FlagField spec={spec} {...props} />
    case 'choice':
      return <ChoiceField {...props} spec={spec} options={spec.options} />
    case 'reference':
      return <ReferenceField spec={spec} {...props} />
    case 'several':
      return <SeveralField spec={spec} {...props} />
    case 'lines':
      return <LinesField spec={spec} {...props} />
  }
}

function LineField(props: LeafProps<'text' | 'credits' | 'count' | 'date'>) {
  const { spec, value, error, set } = props
  const read = (text: string): Json | undefined => {
    if (text.trim() === '' && spec.empty === 'absent') return undefined
    if (text.trim() === '' && spec.empty === 'null') return null
    if (spec.kind === 'count') return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text
    return spec.kind === 'text' ? text : text.trim()
  }
  const text =
    value === null || value === undefined || typeof value === 'object' ? '' : String(value)
  return (
    <Field label={spec.label} hint={spec.hint} error={error}>
      <TypedInput
        text={text}
        onText={(typed) => set(read(typed))}
        type={spec.kind === 'date' ? 'date' : 'text'}
        inputMode={spec.kind === 'count' || spec.kind === 'credits' ? 'decimal' : 'text'}
      />
    </Field>
  )
}

function MoneyField({ spec, value, error, set }: LeafProps<'money'>) {
  const known = isObject(value) ? value : {}
  const currency = typeof known['currency'] === 'string' ? known['currency'] : 'USD'
  const setAmount = (text: string) => {
    if (text.trim() === '' && spec.empty) set(spec.empty === 'null' ? null : undefined)
    else set({ amount: readAmount(text, currency), currency })
  }
  return (
    <div className={styles.money}>
      <Field label={spec.label} hint={spec.hint} error={error}>
        <TypedInput
          text={amountText(known['amount'], currency)}
          onText={setAmount}
          inputMode="decimal"
        />
      </Field>
      <Field label={`Currency of ${spec.label.toLowerCase()}`} className={styles.currency}>
        <TypedInput
          text={currency}
          disabled={!isObject(value)}
          maxLength={3}
          onText={(text) => set({ ...known, currency: text.toUpperCase() })}
        />
      </Field>
    </div>
  )
}

function FlagField({ spec, value, error, set }: LeafProps<'flag'>) {
  return (
    <div className={styles.flag}>
      <Switch
        label={spec.label}
        checked={typeof value === 'boolean' ? value : spec.otherwise}
        onChange={set}
        detail={error ?? spec.hint}
      />
    </div>
  )
}

function ChoiceField(props: {
  readonly spec: { readonly label: string; readonly hint?: string; readonly otherwise?: string }
  readonly options: readonly Option[]
  readonly value: Json | undefined
  readonly error: string | null
  readonly set: (value: Json) => void
}) {
  const { spec, options, value, error, set } = props
  return (
    <div className={styles.choice}>
      <Select
        label={spec.label}
        value={typeof value === 'string' ? value : (spec.otherwise ?? '')}
        options={options}
        onChange={set}
      />
      {spec.hint && <p className={styles.hint}>{spec.hint}</p>}
      {error && <p className={styles.error}>{error}</p>}
    </div>
  )
}

function ReferenceField({ spec, value, error, set }: LeafProps<'reference'>) {
  const { document } = useEditing()
  const options = referenceOptions(document, spec.of)
  return <ChoiceField spec={spec} options={options} value={value} error={error} set={set} />
}

function SeveralField({ spec, value, error, set }: LeafProps<'several'>) {
  const { document } = useEditing()
  const options = typeof spec.of === 'string' ? referenceOptions(document, spec.of) : spec.of
  const all = spec.all && (value === undefined || value === 'all')
  const chosen = isList(value) ? value : []
  const toggle = (option: string, on: boolean) =>
    set(on ? [...chosen, option] : chosen.filter((each) => each !== option))
  return (
    <fieldset className={styles.several}>
      <legend className={styles.legend}>{spec.label}</legend>
      {spec.all && <Switch label="All" checked={all} onChange={(next) => set(next ? 'all' : [])} />}
      {!all && (
        <div className={styles.options}>
          {options.map(({ value: option, label }) => (
            <Checkbox
              key={option}
              label={label}
              checked={chosen.includes(option)}
              onChange={(on) => toggle(option, on)}
            />
          ))}
        </div>
      )}
      {spec.hint && <p className={styles.hint}>{spec.hint}</p>}
      {error && <p className={styles.error}>{error}</p>}
    </fieldset>
  )
}

function LinesField({ spec, value, error, set }: LeafProps<'lines'>) {
  const all = spec.all && (value === undefined || value === 'all')
  const text = isList(value) ? value.map(String).join('\n') : ''
  const read = (typed: string) =>
    typed
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  return (
    <div className={styles.lines}>
      {spec.all && (
        <Switch
          label={`All: ${spec.label.split(',')[0]?.toLowerCase() ?? ''}`}
          checked={all}
          onChange={(next) => set(next ? 'all' : [])}
        />
      )}
      {!all && (
        <Field label={spec.label} hint={spec.hint} error={error}>
          <TypedArea text={text} onText={(typed) => set(read(typed))} />
        </Field>
      )}
    </div>
  )
}
