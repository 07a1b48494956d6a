/** How far documents are read, the names people gave, and what this machine has yet to tell. */

import type { Statements } from '../database.ts'

export const storedDocuments = (ask: Statements) => ({
  positions: () =>
    new Map(
      ask('SELECT name, position FROM document')
        .all()
        .map(({ name, position }) => [String(name), Number(position)]),
    ),
  setPosition: (document: string, position: number) =>
    ask('INSERT OR REPLACE INTO document (name, position) VALUES (?, ?)').run(document, position),
  forget: (document: string) => ask('DELETE FROM document WHERE name = ?').run(document),
  addChange: (document: string, position: number, bytes: Uint8Array) =>
    ask('INSERT INTO change (document, position, bytes) VALUES (?, ?, ?)').run(
      document,
      position,
      bytes,
    ),
  changes: (document: string) =>
    ask('SELECT bytes FROM change WHERE document = ? ORDER BY position')
      .all(document)
      .map(({ bytes }) => bytes as Uint8Array),
  /** Names given here that the server does not have yet. */
  unsent: () =>
    ask('SELECT number, bytes FROM unsent ORDER BY number')
      .all()
      .map(({ number, bytes }) => ({ number: Number(number), bytes: bytes as Uint8Array })),
  addUnsent: (bytes: Uint8Array) => ask('INSERT INTO unsent (bytes) VALUES (?)').run(bytes),
  removeUnsent: (number: number) => ask('DELETE FROM unsent WHERE number = ?').run(number),
  /** Stretches of this machine that the server has in its index. */
  indexKept(deviceId: string): number {
    const row = ask('SELECT kept FROM own_index WHERE device_id = ?').get(deviceId)
    return Number(row?.['kept'] ?? 0)
  },
  setIndexKept: (deviceId: string, kept: number) =>
    ask(
      `INSERT INTO own_index (device_id, kept) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET kept = excluded.kept`,
    ).run(deviceId, kept),
  /** How far the server had this machine's records when last heard. */
  acknowledged(deviceId: string): number {
    const row = ask('SELECT acknowledged FROM own_index WHERE device_id = ?').get(deviceId)
    return Number(row?.['acknowledged'] ?? 0)
  },
  setAcknowledged: (deviceId: string, sequence: number) =>
    ask(
      `INSERT INTO own_index (device_id, acknowledged) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET acknowledged = excluded.acknowledged`,
    ).run(deviceId, sequence),
})
