import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { UsageRow } from '#shared/usage/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { classes } from '../../kit/classes.ts'
import { Credits } from '../../kit/credits.tsx'
import { formatCredits } from '../../kit/format.ts'
import { Time } from '../../kit/time.tsx'
import { useArrowFocus } from '../../kit/use-arrow-focus.ts'
import { NO_SUBJECT, statusWords } from './usage-words.ts'
import { rowsAbove } from './usage-rows.ts'
import type { UsageRows } from './use-usage-rows.ts'
import styles from './usage-table.module.css'

const ROW_HEIGHT = 48
/** So many rows before the end the next page is asked for. */
const AHEAD = 30

const COLUMNS = [
  ['time', 'Time'],
  ['operation', 'Operation'],
  ['model', 'Model'],
  ['subject', 'Subject'],
  ['quote', 'Quote'],
  ['held', 'Hold'],
  ['actual', 'Actual'],
  ['status', 'Status'],
] as const

interface UsageTableProps {
  readonly usage: UsageRows
  readonly onOpen: (operationId: string) => void
  /** Operations chosen to be labelled together. */
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

/**
 * The history, virtualised. Arrow keys go from row to row, Enter opens how it was charged,
 * Space chooses a row, Ctrl or ⌘ with A all that are loaded, Escape none.
 */
export function UsageTable({ usage, onOpen, selected, onSelect }: UsageTableProps) {
  const { rows, nextBefore, loadMore, error } = usage
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.operationId ?? index,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (nextBefore !== null && error === null && lastShown >= rows.length - AHEAD) loadMore()
  }, [lastShown, rows.length, nextBefore, error, loadMore])
  useStayPut(scroller, rows)

  const { tabStop, setActive, onKeyDown } = useArrowFocus({
    holder: scroller,
    count: rows.length,
    steps: () => {
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
      return { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }
    },
    reveal: (index) => virtualizer.scrollToIndex(index),
  })

  const toggle = (operationId: string) => {
    const next = new Set(selected)
    if (!next.delete(operationId)) next.add(operationId)
    onSelect(next)
  }
  const selectByKey = (event: KeyboardEvent) => {
    if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      onSelect(new Set(rows.map(({ operationId }) => operationId)))
    } else if (event.key === 'Escape' && selected.size > 0) onSelect(new Set())
  }

  return (
    <div ref={scroller} className={styles.scroller}>
      <div
        role="grid"
        aria-label="Operations"
        aria-rowcount={nextBefore === null ? rows.length + 1 : -1}
        aria-multiselectable
        onKeyDown={(event) => {
          selectByKey(event)
          onKeyDown(event)
        }}
      >
        <div className={classes(styles.row, styles.head)} role="row" aria-rowindex={1}>
          {COLUMNS.map(([name, label]) => (
            <span key={name} className={styles[name]} role="columnheader">
              {label}
            </span>
          ))}
        </div>
        <div className={styles.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index]
            if (!row) return null
            return (
              <Row
                key={key}
                row={row}
                index={index}
                top={start}
                tabIndex={index === tabStop ? 0 : -1}
                selected={selected.has(row.operationId)}
                onFocus={() => setActive(index)}
                onOpen={() => onOpen(row.operationId)}
                onToggle={() => toggle(row.operationId)}
              />
            )
          })}
        </div>
      </div>
      {nextBefore !== null && (
        <p className={styles.more} role="status">
          {error ? error.message : 'Loading older operations'}
        </p>
      )}
    </div>
  )
}

interface CellsProps {
  readonly row: UsageRow
  readonly selected: boolean
  readonly onToggle: () => void
}

interface RowProps extends CellsProps {
  readonly index: number
  /** In pixels from the first row. */
  readonly top: number
  readonly tabIndex: number
  readonly onFocus: () => void
  readonly onOpen: () => void
}

function Row({ row, index, top, tabIndex, selected, onFocus, onOpen, onToggle }: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      tabIndex={tabIndex}
      className={classes(styles.row, styles.item, styles[row.status], selected && styles.selected)}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={onFocus}
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        if (event.key === ' ') onToggle()
        else onOpen()
      }}
    >
      <Cells row={row} selected={selected} onToggle={onToggle} />
    </div>
  )
}

function Cells({ row, selected, onToggle }: CellsProps) {
  const status = statusWords(row)
  return (
    <>
      <span className={styles.time} role="gridcell">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label="Choose"
          className={styles.choose}
          checked={selected}
          onChange={onToggle}
          onClick={(event) => event.stopPropagation()}
        />
        <Time at={row.at} style="moment" />
      </span>
      <span className={styles.operation} role="gridcell" title={row.operationName}>
        {row.operationName}
      </span>
      <span
        className={styles.model}
        role="gridcell"
        title={`${row.modelName} · ${row.providerName}`}
      >
        {row.modelName}
      </span>
      <span className={styles.subject} role="gridcell" title={row.subject}>
        {row.subject === '' ? (
          <span className={styles.none}>
            <span aria-hidden>–</span>
            <span className="visually-hidden">{NO_SUBJECT}</span>
          </span>
        ) : (
          row.subject
        )}
      </span>
      <span className={styles.quote} role="gridcell" title={quoteText(row)}>
        {quoteText(row)}
      </span>
      <span className={styles.held} role="gridcell" title={formatCredits(row.held)}>
        <Credits amount={row.held} />
      </span>
      <span
        className={styles.actual}
        role="gridcell"
        title={row.charged === null ? undefined : formatCredits(row.charged)}
      >
        {row.charged === null ? '…' : <Credits amount={row.charged} />}
      </span>
      <span className={styles.status} role="gridcell">
        <Badge tone={status.tone}>{status.text}</Badge>
      </span>
    </>
  )
}

/** `12–40`; one figure when the price is sure. */
function quoteText({ quoteExpected, quoteMaximum }: UsageRow): string {
  if (quoteExpected === quoteMaximum) return formatCredits(quoteMaximum)
  return `${formatCredits(quoteExpected)}–${formatCredits(quoteMaximum)}`
}

/** Rows that come in on top must not push what is being read: the scroll moves along. */
function useStayPut(scroller: RefObject<HTMLElement | null>, rows: readonly UsageRow[]): void {
  const top = useRef<string | null>(null)
  useLayoutEffect(() => {
    const element = scroller.current
    const above = rowsAbove(rows, top.current)
    if (element && above > 0 && element.scrollTop > 0) element.scrollBy(0, above * ROW_HEIGHT)
    top.current = rows[0]?.operationId ?? null
  }, [scroller, rows])
}
