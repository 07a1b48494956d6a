import { Slider as Base } from '@base-ui/react/slider'
import { classes } from './classes.ts'
import styles from './slider.module.css'

interface SliderProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  readonly onChange: (value: number) => void
  /** How the value reads: `1.2×`. Also what a screen reader says. */
  readonly format: (value: number) => string
  readonly disabled?: boolean
  readonly className?: string | undefined
}

/** Chooses a number by feel; arrow keys step, Page Up and Down leap. */
export function Slider(props: SliderProps) {
  const { label, value, min, max, step, onChange, format, disabled, className } = props
  return (
    <Base.Root
      value={value}
      min={min}
      max={max}
      step={step}
      largeStep={step * 5}
      disabled={disabled}
      onValueChange={(next) => onChange(next)}
      className={classes(styles.slider, className)}
    >
      <Base.Label className={styles.label}>{label}</Base.Label>
      <Base.Control className={styles.control}>
        <Base.Track className={styles.track}>
          <Base.Indicator className={styles.indicator} />
          <Base.Thumb className={styles.thumb} getAriaValueText={(_text, next) => format(next)} />
        </Base.Track>
      </Base.Control>
      <output className={styles.value}>{format(value)}</output>
    </Base.Root>
  )
}
