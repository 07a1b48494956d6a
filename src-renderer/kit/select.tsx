import type { ReactNode } from 'react'
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import { classes } from './classes.ts'
import field from './field.module.css'
import styles from './select.module.css'

export interface SelectOption<Value extends string> {
  readonly value: Value
  readonly label: string
  /** A quiet second line or note at the right. */
  readonly detail?: ReactNode
  readonly disabled?: boolean
}

interface SelectProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly SelectOption<Value>[]
  readonly onChange: (value: Value) => void
  /** Keeps the label for screen readers only. */
  readonly hideLabel?: boolean
  /** No wider than a name or a date needs. */
  readonly narrow?: boolean
  readonly size?: 'small' | 'medium'
  readonly disabled?: boolean
  /** Shown while the value is none of the options. */
  readonly placeholder?: string
  readonly icon?: ReactNode
  readonly className?: string | undefined
}

/** Chooses one of a few. Arrow keys, type-ahead and Home/End work as in a native select. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  hideLabel = false,
  narrow = false,
  size = 'medium',
  disabled = false,
  placeholder = 'Choose',
  icon,
  className,
}: SelectProps<Value>) {
  const chosen = options.find((option) => option.value === value)
  return (
    <div className={classes(field.field, narrow && field.narrow, className)}>
      <Base.Root
        items={options}
        value={chosen ? value : null}
        onValueChange={(next) => {
          if (next !== null) onChange(next)
        }}
        disabled={disabled}
      >
        <Base.Label className={hideLabel ? 'visually-hidden' : field.label}>{label}</Base.Label>
        <Base.Trigger className={classes(styles.trigger, styles[size])}>
          {icon}
          <span className={styles.value}>{chosen?.label ?? placeholder}</span>
          <Base.Icon className={styles.icon}>
            <ChevronDown size={14} aria-hidden />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner
            className={styles.positioner}
            align="start"
            sideOffset={4}
            alignItemWithTrigger={false}
            collisionPadding={8}
          >
            <Base.Popup className={styles.popup}>
              <Base.List className={styles.list}>
                {options.map((option) => (
                  <Base.Item
                    key={option.value}
                    value={option.value}
                    disabled={option.disabled}
                    className={styles.item}
                    label={option.label}
                  >
                    <Base.ItemIndicator className={styles.check} keepMounted>
                      <Check size={14} aria-hidden />
                    </Base.ItemIndicator>
                    <Base.ItemText className={styles.text}>{option.label}</Base.ItemText>
                    {option.detail != null && (
                      <span className={styles.detail}>{option.detail}</span>
                    )}
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  )
}
