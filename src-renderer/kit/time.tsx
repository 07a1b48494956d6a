import { createContext, useContext, useState } from 'react'
import styles from './figures.module.css'
import { formatTime, styleWithin, type TimeStyle } from './format.ts'

/** The account's time zone, given by the app. Read it with `useTimeZone`. */
export const TimeZoneContext = createContext('UTC')

export const useTimeZone = (): string => useContext(TimeZoneContext)

/** A moment in the account's time zone, with its year where that is another; exact to the second when pointed at. */
export function Time({ at, style }: { readonly at: number; readonly style?: TimeStyle }) {
  const timeZone = useTimeZone()
  const [now] = useState(Date.now)
  return (
    <time
      className={styles.figures}
      dateTime={new Date(at).toISOString()}
      title={formatTime(at, timeZone, 'exact')}
    >
      {formatTime(at, timeZone, styleWithin(now, at, timeZone, style))}
    </time>
  )
}
