import { type ReactNode, useEffect, useRef, useState } from 'react'
import { classes } from './classes.ts'
import styles from './search-input.module.css'

const PAUSE = 250

interface SearchInputProps {
  readonly label: string
  readonly placeholder?: string
  readonly value: string
  /** Told once typing pauses. */
  readonly onChange: (value: string) => void
  readonly icon?: ReactNode
  readonly className?: string | undefined
}

/** Words to look for. What is typed shows at once and is told after a pause; Esc empties it. */
export function SearchInput(props: SearchInputProps) {
  const { label, placeholder, value, onChange, icon, className } = props
  const [text, setText] = useState(value)
  const told = useRef(value)
  const tell = useRef(onChange)
  useEffect(() => {
    tell.current = onChange
  })
  // Changed from outside, as by clearing the filters: the box follows.
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    if (text === told.current) return undefined
    const timer = setTimeout(() => {
      told.current = text
      tell.current(text)
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <label className={classes(styles.search, className)}>
      {icon}
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        className={styles.input}
        placeholder={placeholder}
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.stopPropagation()
          setText('')
        }}
      />
    </label>
  )
}
