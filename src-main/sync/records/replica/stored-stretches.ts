/** What indices say of sealed stretches, and the segments that were fetched. */

import { EMPTY_INDEX, type IndexEnd } from '#shared/records/index-change.ts'
import { decodeRollup, type RollupRow } from '#shared/records/rollup.ts'
import { STRETCH } from '#shared/records/stretches.ts'
import type { Statements } from '../database.ts'
import type { IndexedStretch } from '../index-document.ts'

/** One that a segment is. */
export interface NamedStretch {
  readonly deviceId: string
  readonly stretch: number
  /** There may be labels in it that nobody here read. */
  readonly perhapsLabelled: boolean
}

export const storedStretches = (ask: Statements) => ({
  /** `isRead`: what was labelled in it is known, from its tail. */
  addStretch(deviceId: string, { sealed, end }: IndexedStretch, isRead: boolean): void {
    const { stretch, name, head, rollup } = sealed
    ask(
      `INSERT INTO stretch (device_id, stretch, name, hash, change, rollup, labelled)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(deviceId, stretch, name, head.hash, end.hash, rollup, isRead ? 'read' : 'perhaps')
  },
  /** Where what is here of a device's index ends. */
  indexEnd(deviceId: string): IndexEnd {
    const row = ask(
      'SELECT stretch, change FROM stretch WHERE device_id = ? ORDER BY stretch DESC LIMIT 1',
    ).get(deviceId)
    return row ? { stretch: Number(row['stretch']), hash: String(row['change']) } : EMPTY_INDEX
  },
  stretch(deviceId: string, stretch: number): { name: string; hash: string } | null {
    const row = ask('SELECT name, hash FROM stretch WHERE device_id = ? AND stretch = ?').get(
      deviceId,
      stretch,
    )
    return row ? { name: String(row['name']), hash: String(row['hash']) } : null
  },
  /** Which stretches a segment is. */
  named: (name: string): readonly NamedStretch[] =>
    ask('SELECT device_id, stretch, labelled FROM stretch WHERE name = ?')
      .all(name)
      .map((row) => ({
        deviceId: String(row['device_id']),
        stretch: Number(row['stretch']),
        perhapsLabelled: row['labelled'] === 'perhaps',
      })),
  /** Whether all records of a stretch are runs: then nothing is labelled in it. */
  isNothingButRuns(deviceId: string, stretch: number): boolean {
    const row = ask('SELECT rollup FROM stretch WHERE device_id = ? AND stretch = ?').get(
      deviceId,
      stretch,
    )
    const rows = row ? decodeRollup(row['rollup'] as Uint8Array) : null
    return rows !== null && rows.ok && areNothingButRuns(rows.data)
  },
  /** Segments, counted and not here, in which there may be labels. */
  perhapsLabelled: () =>
    ask(`SELECT name FROM stretch WHERE labelled = 'perhaps' AND counted = 1`)
      .all()
      .map(({ name }) => String(name)),
  setRead: (deviceId: string, stretch: number) =>
    ask(`UPDATE stretch SET labelled = 'read' WHERE device_id = ? AND stretch = ?`).run(
      deviceId,
      stretch,
    ),
  uncounted: (limit: number) =>
    ask('SELECT device_id, stretch, rollup FROM stretch WHERE counted = 0 LIMIT ?')
      .all(limit)
      .map((row) => ({
        deviceId: String(row['device_id']),
        stretch: Number(row['stretch']),
        rollup: row['rollup'] as Uint8Array,
      })),
  setCounted: (deviceId: string, stretch: number) =>
    ask('UPDATE stretch SET counted = 1 WHERE device_id = ? AND stretch = ?').run(
      deviceId,
      stretch,
    ),
  addSegment: (name: string, bytes: Uint8Array) =>
    ask('INSERT OR IGNORE INTO segment (name, bytes) VALUES (?, ?)').run(name, bytes),
  segment(name: string): Uint8Array | null {
    const row = ask('SELECT bytes FROM segment WHERE name = ?').get(name)
    return row ? (row['bytes'] as Uint8Array) : null
  },
})

/** No labels are among the records of a stretch that are all runs. */
export function areNothingButRuns(rows: readonly RollupRow[]): boolean {
  return rows.reduce((sum, { runs }) => sum + runs, 0) >= STRETCH
}
