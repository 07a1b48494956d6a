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
  indexKept: counted(ask, 'kept'),
  setIndexKept: setCounted(ask, 'kept'),
  /** How far the server had this machine's records when last heard. */
  acknowledged: counted(ask, 'acknowledged'),
  setAcknowledged: setCounted(ask, 'acknowledged'),
})

type Count = 'kept' | 'acknowledged'

const counted = (ask: Statements, count: Count) => (deviceId: string) => {
  const row = ask(`SELECT ${count} FROM own_index WHERE device_id = ?`).get(deviceId)
  return Number(row?.[count] ?? 0)
}

const setCounted = (ask: Statements, count: Count) => (deviceId: string, value: number) =>
  ask(
    `INSERT INTO own_index (device_id, ${count}) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET ${count} = excluded.${count}`,
  ).run(deviceId, value)
