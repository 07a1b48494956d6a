/** Records of stretches that are not sealed, and what came of them and is not read yet. */

import { contentOf } from '#shared/records/canonical.ts'
import type { Json } from '#shared/records/json-tokens.ts'
import { readRecord } from '#shared/records/read-record.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { stretchEnd, stretchStart } from '#shared/records/stretches.ts'
import type { Statements } from '../database.ts'

/** A batch as it came. */
export interface TailItem {
  readonly stream: string
  readonly from: number
  readonly to: number
  readonly batch: Uint8Array
}

export const storedTails = (ask: Statements) => ({
  addTailItem: ({ stream, from, to, batch }: TailItem) =>
    ask('INSERT INTO tail_item (stream, first, last, batch) VALUES (?, ?, ?, ?)').run(
      stream,
      from,
      to,
      batch,
    ),
  dropTailItem: (stream: string, from: number) =>
    ask('DELETE FROM tail_item WHERE stream = ? AND first = ?').run(stream, from),
  /** Each after those it may lean on. */
  unreadTails: (limit: number): readonly TailItem[] =>
    ask('SELECT * FROM tail_item ORDER BY stream, first LIMIT ?')
      .all(limit)
      .map((row) => ({
        stream: String(row['stream']),
        from: Number(row['first']),
        to: Number(row['last']),
        batch: row['batch'] as Uint8Array,
      })),
  addTail: (stream: string, record: DeviceRecord) =>
    ask('INSERT OR IGNORE INTO tail (stream, sequence, content) VALUES (?, ?, ?)').run(
      stream,
      record.sequence,
      JSON.stringify(contentOf(record)),
    ),
  tail: (stream: string, from = 0) =>
    ask('SELECT sequence, content FROM tail WHERE stream = ? AND sequence >= ?')
      .all(stream, from)
      .map(({ sequence, content }) => recordOf(stream, Number(sequence), String(content))),
  tailRecord(stream: string, sequence: number): DeviceRecord | null {
    const row = ask('SELECT content FROM tail WHERE stream = ? AND sequence = ?').get(
      stream,
      sequence,
    )
    return row ? recordOf(stream, sequence, String(row['content'])) : null
  },
  /** The last record of a stretch that is not sealed; 0 before the first. */
  tailEnd(stream: string, stretch: number): number {
    const [start, end] = [stretchStart(stretch), stretchEnd(stretch)]
    const row = ask(
      `SELECT max(
         (SELECT coalesce(max(sequence), 0) FROM tail WHERE stream = ?1 AND sequence BETWEEN ?2 AND ?3),
         (SELECT coalesce(max(last), 0) FROM tail_item WHERE stream = ?1 AND first BETWEEN ?2 AND ?3)
       ) AS last`,
    ).get(stream, start, end)
    return Number(row?.['last'])
  },
  dropTail(stream: string, stretch: number): void {
    const [start, end] = [stretchStart(stretch), stretchEnd(stretch)]
    ask('DELETE FROM tail WHERE stream = ? AND sequence BETWEEN ? AND ?').run(stream, start, end)
    ask('DELETE FROM tail_item WHERE stream = ? AND first BETWEEN ? AND ?').run(stream, start, end)
  },
  streams: () =>
    ask('SELECT DISTINCT stream FROM tail ORDER BY stream')
      .all()
      .map(({ stream }) => String(stream)),
})

function recordOf(stream: string, sequence: number, content: string): DeviceRecord {
  const record = readRecord(deviceOf(stream), sequence, JSON.parse(content) as Json)
  if (!record) throw new Error(`Record ${sequence} of ${stream} cannot be read`)
  return record
}

/** The device that wrote a stream, itself or as a copy of it. */
export const deviceOf = (stream: string) => stream.split('~', 1)[0] as string
