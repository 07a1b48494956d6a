import { useEffect, useRef } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { AudioLines } from 'lucide-react'
import type { CreationView } from '#shared/host/views.ts'
import { Time } from '../../kit/time.tsx'
import { playTime } from '../../words/play-time.ts'
import { useArrowFocus } from '../../kit/use-arrow-focus.ts'
import { useWidth } from '../../kit/use-width.ts'
import type { Library } from './use-library.ts'
import styles from './library.module.css'

const TILE_MIN = 208
const GAP = 16
/** Two lines under the picture. */
const CAPTION = 58
const ROWS_AHEAD = 3

interface CreationGridProps {
  readonly library: Library
  readonly onOpen: (creation: CreationView) => void
}

/** The creations as tiles, virtualised by row. Arrow keys move over the tiles. */
export function CreationGrid({ library, onOpen }: CreationGridProps) {
  const { creations, nextBefore, loadMore, error } = library
  const scroller = useRef<HTMLDivElement>(null)
  const [measure, width] = useWidth()
  const perRow = Math.max(1, Math.floor((width + GAP) / (TILE_MIN + GAP)))
  const tile = (width - GAP * (perRow - 1)) / perRow
  const rows = Math.ceil(creations.length / perRow)
  const rowHeight = Math.max(1, Math.round(tile + CAPTION + GAP))
  const virtualizer = useVirtualizer({
    count: width > 0 ? rows : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 2,
  })
  useEffect(() => {
    virtualizer.measure()
  }, [virtualizer, rowHeight])
  const items = virtualizer.getVirtualItems()
  const lastRow = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (width > 0 && nextBefore !== null && error === null && lastRow >= rows - ROWS_AHEAD) {
      loadMore()
    }
  }, [width, lastRow, rows, nextBefore, error, loadMore])
  const { tabStop, setActive, onKeyDown } = useArrowFocus({
    holder: scroller,
    count: creations.length,
    steps: (index) => ({
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: index < perRow ? 0 : -perRow,
      ArrowDown: perRow,
    }),
    reveal: (index) => virtualizer.scrollToIndex(Math.floor(index / perRow)),
  })
  return (
    <div ref={scroller} className={styles.scroller} onKeyDown={onKeyDown}>
      <div ref={measure} className={styles.column}>
        <ul
          className={styles.grid}
          aria-label="Creations"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.flatMap(({ index: row, start }) =>
            creations.slice(row * perRow, (row + 1) * perRow).map((creation, column) => {
              const index = row * perRow + column
              return (
                <li
                  key={creation.id}
                  className={styles.cell}
                  style={{
                    width: tile,
                    transform: `translate(${column * (tile + GAP)}px, ${start}px)`,
                  }}
                >
                  <button
                    type="button"
                    className={styles.tile}
                    data-index={index}
                    tabIndex={index === tabStop ? 0 : -1}
                    onFocus={() => setActive(index)}
                    onClick={() => onOpen(creation)}
                  >
                    <span className="visually-hidden">{kindName(creation)}</span>
                    <Face creation={creation} />
                    <span className={styles.prompt}>{creation.prompt.slice(0, 200)}</span>
                    <span className={styles.when}>
                      <Time at={creation.createdAt} />
                    </span>
                  </button>
                </li>
              )
            }),
          )}
        </ul>
        {error && (
          <p className={styles.more} role="status">
            {error.message}
          </p>
        )}
      </div>
    </div>
  )
}

function Face({ creation }: { readonly creation: CreationView }) {
  if (creation.studio === 'image') {
    return (
      <span className={styles.face}>
        <img className={styles.picture} src={creation.url} alt="" loading="lazy" decoding="async" />
      </span>
    )
  }
  return (
    <span className={styles.face}>
      <AudioLines size={32} aria-hidden />
      {creation.durationMs !== null && (
        <span className={styles.length}>{playTime(creation.durationMs / 1_000)}</span>
      )}
    </span>
  )
}

function kindName({ studio }: CreationView): string {
  return studio === 'image' ? 'Picture: ' : 'Recording: '
}
