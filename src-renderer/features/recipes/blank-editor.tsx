import { type Blank, MAX_BLANK_CHARACTERS } from '#shared/recipes/blanks.ts'
import { Field, TextInput } from '../../kit/field.tsx'
import { NumberField } from '../../kit/number-field.tsx'
import { Select } from '../../kit/select.tsx'
import { blankOfKind } from './recipe-form.ts'
import styles from './recipe-editor.module.css'

const KINDS = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'choice', label: 'One of a few' },
] as const

interface BlankEditorProps {
  readonly blank: Blank
  readonly error: string | undefined
  readonly onChange: (blank: Blank) => void
}

/** What may be filled into one blank. */
export function BlankEditor({ blank, error, onChange }: BlankEditorProps) {
  return (
    <fieldset className={styles.blank}>
      <legend className={styles.legend}>
        <code>{`{${blank.name}}`}</code>
      </legend>
      <div className={styles.setup}>
        <Field label="Label">
          <TextInput
            value={blank.label}
            maxLength={60}
            onChange={(event) => onChange({ ...blank, label: event.currentTarget.value })}
          />
        </Field>
        <Select<Blank['kind']>
          label="Kind"
          value={blank.kind}
          options={KINDS}
          onChange={(kind) => onChange(blankOfKind(blank, kind))}
        />
        <Bounds blank={blank} onChange={onChange} />
      </div>
      {error !== undefined && <p className={styles.bad}>{error}</p>}
    </fieldset>
  )
}

const FARTHEST = 1_000_000_000

function Bounds({ blank, onChange }: Omit<BlankEditorProps, 'error'>) {
  switch (blank.kind) {
    case 'text':
      return (
        <NumberField
          className={styles.number}
          label="Characters at most"
          value={blank.maximum}
          min={1}
          max={MAX_BLANK_CHARACTERS}
          onChange={(maximum) => onChange({ ...blank, maximum })}
        />
      )
    case 'number':
      return (
        <>
          <NumberField
            className={styles.number}
            label="Lowest"
            value={blank.minimum}
            min={-FARTHEST}
            max={FARTHEST}
            onChange={(minimum) => onChange({ ...blank, minimum })}
          />
          <NumberField
            className={styles.number}
            label="Highest"
            value={blank.maximum}
            min={-FARTHEST}
            max={FARTHEST}
            onChange={(maximum) => onChange({ ...blank, maximum })}
          />
        </>
      )
    case 'choice':
      return (
        <Field label="Options" hint="Separated by commas.">
          <TextInput
            value={blank.options.join(',')}
            onChange={(event) =>
              onChange({ ...blank, options: event.currentTarget.value.split(',') })
            }
          />
        </Field>
      )
  }
}
