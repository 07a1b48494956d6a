/**
 * Notices between processes on one PostgreSQL. They are sent after the commit, many in one statement:
 * NOTIFY within a transaction makes all commits of the database wait for each other.
 */

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Log } from '#shared/ports/log.ts'
import type { Listener } from './database.ts'
import { createListeners } from './listeners.ts'
import type { Notice } from './statements.ts'

const CHANNEL = 'tallystick'
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000

export interface NoticeBoard {
  /** Notifies this process at once, the others soon. */
  publish(notices: readonly Notice[]): void
  subscribe(channel: string, listener: Listener): () => void
  /** Closes after everything published was sent. */
  close(): Promise<void>
}

/** Listens on a connection of its own, and opens another if that one breaks. */
export async function openNoticeBoard(
  connection: pg.ClientConfig,
  pool: pg.Pool,
  log: Log,
): Promise<NoticeBoard> {
  const listeners = createListeners(log)
  const process = randomUUID()
  let waiting = new Map<string, Notice>()
  let sending: Promise<void> | null = null
  let client: pg.Client | null = null
  let again: NodeJS.Timeout | null = null
  let closed = false

  async function listen(): Promise<void> {
    // A listening connection is idle by nature.
    const next = new pg.Client({ ...connection, application_name: 'tallystick listens' })
    next.on('notification', ({ payload }) => hear(payload ?? ''))
    next.on('error', (error) => lost(next, error))
    next.on('end', () => lost(next, null))
    await next.connect()
    await next.query(`LISTEN ${CHANNEL}`)
    if (closed) await next.end()
    else client = next
  }

  function lost(which: pg.Client, error: Error | null): void {
    if (closed || which !== client) return
    client = null
    log.warn('Notices are interrupted', { error: error?.message })
    listenAgain(FIRST_PAUSE_MS)
  }

  function listenAgain(pauseMs: number): void {
    again = setTimeout(() => {
      listen().then(listeners.tellAll, (error: unknown) => {
        log.warn('Notices are still interrupted', { error: String(error) })
        if (!closed) listenAgain(Math.min(LONGEST_PAUSE_MS, pauseMs * 2))
      })
    }, pauseMs).unref()
  }

  function hear(text: string): void {
    const [from, channel, payload] = JSON.parse(text) as [string, string, string]
    if (from !== process) listeners.tell({ channel, payload })
  }

  /** While one statement is in flight, the next one collects notices. */
  async function send(): Promise<void> {
    while (waiting.size > 0) {
      const texts = [...waiting.values()].map(({ channel, payload }) =>
        JSON.stringify([process, channel, payload]),
      )
      waiting = new Map()
      try {
        const sql = `SELECT pg_notify('${CHANNEL}', text) FROM unnest($1::text[]) AS text`
        await pool.query({ name: 'notify', text: sql, values: [texts] })
      } catch (error) {
        log.warn('Other processes were not told', { notices: texts.length, error: String(error) })
      }
    }
    sending = null
  }

  try {
    await listen()
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    publish(notices) {
      for (const notice of notices) {
        waiting.set(`${notice.channel}\n${notice.payload}`, notice)
      }
      if (notices.length > 0) sending ??= send()
      for (const notice of notices) listeners.tell(notice)
    },
    subscribe: listeners.add,
    async close() {
      closed = true
      if (again) clearTimeout(again)
      await sending
      const last = client
      client = null
      await last?.end()
    },
  }
}
