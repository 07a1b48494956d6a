import { useState } from 'react'
import { Button } from '../../kit/button.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { type DateRange, isDay, RANGE_LABELS, RANGE_PRESETS, rangeDays } from './date-range.ts'
import styles from './date-picker.module.css'

interface DatePickerProps {
  readonly range: DateRange
  readonly today: string
  readonly onChange: (range: DateRange) => void
}

/** The usual ranges at one press, or a first and a last day. */
export function DatePicker({ range, today, onChange }: DatePickerProps) {
  const shown = rangeDays(range, today)
  const [first, setFirst] = useState(shown?.first ?? today)
  const [last, setLast] = useState(shown?.last ?? today)
  const [error, setError] = useState<string | null>(null)
  const apply = () => {
    if (!isDay(first) || !isDay(last)) setError('Give both days.')
    else if (last < first) setError('The last day is before the first.')
    else {
      setError(null)
      onChange({ days: { first, last } })
    }
  }
  return (
    <div className={styles.picker}>
      <div className={styles.presets} role="group" aria-label="Usual ranges">
        {RANGE_PRESETS.map((preset) => (
          <Button
            key={preset}
            size="small"
            variant="quiet"
            className={styles.preset}
            aria-pressed={'preset' in range && range.preset === preset}
            onClick={() => onChange({ preset })}
          >
            {RANGE_LABELS[preset]}
          </Button>
        ))}
      </div>
      <Form className={styles.custom} onSubmit={apply} noValidate>
        <Field label="First day">
          <TextInput type="date" value={first} onChange={(event) => setFirst(event.target.value)} />
        </Field>
        <Field label="Last day" error={error}>
          <TextInput type="date" value={last} onChange={(event) => setLast(event.target.value)} />
        </Field>
        <Button type="submit" size="small">
          Show these days
        </Button>
      </Form>
    </div>
  )
}
