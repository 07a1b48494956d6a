import { useCallback, useEffect, useMemo, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useTimeZone } from '../../kit/time.tsx'
import { closeCharge, openCharge, useChargeDialog } from '../../state/charge-dialog.ts'
import { dayOf } from './date-range.ts'
import { formatUsageQuery, parseUsageQuery, type Today, type UsageQuery } from './usage-query.ts'

export type ChangeQuery = (change: (query: UsageQuery) => UsageQuery) => void

/** What the page shows, from its address, and how to change it: the address follows. */
export function useUsageQuery(): readonly [UsageQuery, ChangeQuery] {
  const search = useSearch()
  const [, navigate] = useLocation()
  const query = useMemo(() => parseUsageQuery(search), [search])
  const change = useCallback<ChangeQuery>(
    (next) => {
      const text = formatUsageQuery(next(query))
      navigate(text === '' ? '/usage' : `/usage?${text}`, { replace: true })
    },
    [query, navigate],
  )
  return [query, change]
}

/** Today where the account lives; changes at midnight. */
export function useToday(): Today {
  const timeZone = useTimeZone()
  const [today, setToday] = useState(() => dayOf(Date.now(), timeZone))
  useEffect(() => {
    const update = () => setToday(dayOf(Date.now(), timeZone))
    update()
    const timer = setInterval(update, 30_000)
    return () => clearInterval(timer)
  }, [timeZone])
  return useMemo(() => ({ today, timeZone }), [today, timeZone])
}

/** Keeps `?charge=<operation id>` and the open dialog the same: a link to one charge works. */
export function useChargeLink(): void {
  const search = useSearch()
  const [, navigate] = useLocation()
  const linked = new URLSearchParams(search).get('charge')
  useEffect(() => {
    if (linked !== null) openCharge(linked)
  }, [linked])
  useEffect(() => {
    if (linked === null) return undefined
    return useChargeDialog.subscribe(({ operationId }) => {
      if (operationId !== null) return
      const parameters = new URLSearchParams(search)
      parameters.delete('charge')
      const rest = parameters.toString()
      navigate(rest === '' ? '/usage' : `/usage?${rest}`, { replace: true })
    })
  }, [linked, search, navigate])
  useEffect(() => () => closeCharge(), [])
}
