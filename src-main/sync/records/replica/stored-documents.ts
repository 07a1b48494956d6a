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
  lastChange: (document: string) => {
    const row = ask(
      'SELECT bytes FROM change WHERE document = ? ORDER BY position DESC LIMIT 1',
    ).get(document)
    return (row?.['bytes'] as Uint8Array | undefined) ?? null
  },
  /** Names given here that the server does not have yet, in order. */
  unsent: () =>
    ask('SELECT number, key, bytes FROM unsent ORDER BY number')
      .all()
      .map(({ number, key, bytes }) => ({
        number: Number(number),
        key: String(key),
        bytes: bytes as Uint8Array,
      })),
  addUnsent: (key: string, bytes: Uint8Array) =>
    ask('INSERT INTO unsent (key, bytes) VALUES (?, ?)').run(key, bytes),
  /** The server has it. */
  removeUnsent: (bytes: Uint8Array) => ask('DELETE FROM unsent WHERE bytes = ?').run(bytes),
  dropUnsent: (key: string) => ask('DELETE FROM unsent WHERE key = ?').run(key),
  /** What changes and what is unsent come to. */
  names: () =>
    new Map(
      ask('SELECT key, value FROM name')
        .all()
        .map(({ key, value }) => [String(key), String(value)]),
    ),
  setNames(names: ReadonlyMap<string, string>) {
    ask('DELETE FROM name').run()
    for (const [key, value] of names) {
      ask('INSERT INTO name (key, value) VALUES (?, ?)').run(key, value)
    }
  },
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
