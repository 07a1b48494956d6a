import { NumberField as Base } from '@base-ui/react/number-field'
import { Minus, Plus } from 'lucide-react'
import { type CSSProperties, useId } from 'react'
import { formatCount } from './format.ts'
import { classes } from './classes.ts'
import styles from './number-field.module.css'

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (value: number) => void
  readonly hideLabel?: boolean
  readonly size?: 'small' | 'medium'
  readonly disabled?: boolean
  readonly className?: string | undefined
}

const MOST_DIGITS = 11

/** As wide as the longest number that it takes, to a point. */
const roomFor = (max: number) => `${Math.min(MOST_DIGITS, formatCount(max).length) + 2}ch`

/** A whole number, typed or stepped. Always within its bounds. */
export function NumberField({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
  hideLabel = false,
  size = 'medium',
  disabled = false,
  className,
}: NumberFieldProps) {
  const id = useId()
  return (
    <Base.Root
      id={id}
      value={value}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      format={{ maximumFractionDigits: 0 }}
      onValueChange={(next) => {
        if (next !== null) onChange(Math.min(max, Math.max(min, Math.round(next))))
      }}
      className={classes(styles.field, styles[size], className)}
    >
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      <Base.Group className={styles.group} style={{ '--digits': roomFor(max) } as CSSProperties}>
        <Base.Decrement className={styles.step} aria-label={`Fewer: ${label}`}>
          <Minus size={14} aria-hidden />
        </Base.Decrement>
        <Base.Input className={styles.input} />
        <Base.Increment className={styles.step} aria-label={`More: ${label}`}>
          <Plus size={14} aria-hidden />
        </Base.Increment>
      </Base.Group>
    </Base.Root>
  )
}
