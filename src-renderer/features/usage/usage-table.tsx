import {
  type CSSProperties,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { UsageRow } from '#shared/usage/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { classes } from '../../kit/classes.ts'
import { Credits } from '../../kit/credits.tsx'
import { usePageScroller } from '../../kit/page.tsx'
import { Time } from '../../kit/time.tsx'
import { useArrowFocus } from '../../kit/use-arrow-focus.ts'
import { figureColumns, quoteText } from './figure-columns.ts'
import { NO_SUBJECT, statusWords } from './usage-words.ts'
import { rowsAbove } from './usage-rows.ts'
import { useTopWithin } from './use-top-within.ts'
import type { UsageRows } from './use-usage-rows.ts'
import styles from './usage-table.module.css'

const ROW_HEIGHT = 48
/** What stays at the top of the page while rows go by under it. */
const HEAD_HEIGHT = 44
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
  const scroller = usePageScroller()
  const body = useRef<HTMLDivElement>(null)
  const top = useTopWithin(scroller, body)
  const columns = useMemo(() => figureColumns(rows), [rows])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    scrollMargin: top,
    scrollPaddingStart: HEAD_HEIGHT,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.operationId ?? index,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (nextBefore !== null && error === null && lastShown >= rows.length - AHEAD) loadMore()
  }, [lastShown, rows.length, nextBefore, error, loadMore])
  useStayPut(scroller, top, rows)

  const { tabStop, setActive, onKeyDown } = useArrowFocus({
    holder: body,
    count: rows.length,
    steps: () => {
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
      return { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }
    },
    reveal: (index) => virtualizer.scrollToIndex(index),
  })

  // The row that the tab key reaches may have been scrolled out of the page.
  const inPage = items.some(({ index }) => index === tabStop)
  const reached = inPage ? tabStop : (virtualizer.range?.startIndex ?? 0)

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
    <div
      className={styles.table}
      style={
        {
          '--quote': `${columns.quote + 0.5}ch`,
          '--held': `${columns.held + 0.5}ch`,
          '--actual': `${columns.actual + 0.5}ch`,
        } as CSSProperties
      }
    >
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
        <div
          ref={body}
          className={styles.body}
          role="rowgroup"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map(({ index, key, start }) => {
            const row = rows[index]
            if (!row) return null
            return (
              <Row
                key={key}
                row={row}
                index={index}
                top={start - top}
                tabIndex={index === reached ? 0 : -1}
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
      <span className={styles.quote} role="gridcell">
        {quoteText(row)}
      </span>
      <span className={styles.held} role="gridcell">
        <Credits amount={row.held} />
      </span>
      <span className={styles.actual} role="gridcell">
        {row.charged === null ? '…' : <Credits amount={row.charged} />}
      </span>
      <span className={styles.status} role="gridcell">
        <Badge tone={status.tone}>{status.text}</Badge>
      </span>
    </>
  )
}

/** Rows that come in on top must not push what is being read: the scroll moves along. */
function useStayPut(
  scroller: RefObject<HTMLElement | null>,
  top: number,
  rows: readonly UsageRow[],
): void {
  const first = useRef<string | null>(null)
  useLayoutEffect(() => {
    const element = scroller.current
    const above = rowsAbove(rows, first.current)
    if (element && above > 0 && element.scrollTop > top) element.scrollBy(0, above * ROW_HEIGHT)
    first.current = rows[0]?.operationId ?? null
  }, [scroller, top, rows])
}
