/**
 * The sessions of one server process, and the news that reach them from any process on the store.
 */

import { accountChannel } from '../authority/accounts.ts'
import { TEAM_CHANGED } from '../teams/news.ts'
import type { Identity } from '../teams/identity.ts'
import { type News, readNews } from './news.ts'
import type { SessionCounts, SessionPorts, Wire } from './ports.ts'
import { createSession, type Session } from './session.ts'

export interface Sessions {
  /** A device has connected; its identity was established before. */
  open(identity: Identity, wire: Wire): Session
  readonly count: number
  /** Ends all of them, so that devices go to another process. */
  close(): void
}

interface Account {
  readonly sessions: Set<Session>
  readonly stop: () => void
}

export function createSessions(ports: SessionPorts): Sessions {
  const accounts = new Map<string, Account>()
  const counts = countsOf(ports, () => sessionCount(accounts))
  let isClosed = false
  const stopTeams = ports.database.subscribe(TEAM_CHANGED, (accountId) => {
    if (accountId !== null) tell(accountId, { about: 'team' })
    else for (const id of accounts.keys()) tell(id, null)
  })

  function tell(accountId: string, news: News | null): void {
    for (const session of accounts.get(accountId)?.sessions ?? []) session.hear(news)
  }

  function accountOf(accountId: string): Account {
    const known = accounts.get(accountId)
    if (known) return known
    const stop = ports.database.subscribe(accountChannel(accountId), (payload) => {
      tell(accountId, readNews(payload))
    })
    const account = { sessions: new Set<Session>(), stop }
    accounts.set(accountId, account)
    return account
  }

  function forget(accountId: string, session: Session): void {
    const account = accounts.get(accountId)
    if (!account?.sessions.delete(session) || account.sessions.size > 0) return
    account.stop()
    accounts.delete(accountId)
  }

  return {
    open(identity, wire) {
      const account = accountOf(identity.accountId)
      const session = createSession(ports, identity, wire, counts, () =>
        forget(identity.accountId, session),
      )
      account.sessions.add(session)
      if (isClosed) session.end('server_closing')
      return session
    },
    get count() {
      return sessionCount(accounts)
    },
    close() {
      isClosed = true
      stopTeams()
      for (const { sessions } of [...accounts.values()]) {
        for (const session of [...sessions]) session.end('server_closing')
      }
    },
  }
}

function sessionCount(accounts: ReadonlyMap<string, Account>): number {
  return [...accounts.values()].reduce((sum, { sessions }) => sum + sessions.size, 0)
}

function countsOf({ metrics }: SessionPorts, count: () => number): SessionCounts {
  const messages = metrics.counter('sync_messages_total', 'Messages of devices', ['type'])
  const refused = metrics.counter('sync_refused_total', 'Messages not accepted', ['code'])
  const received = metrics.counter('records_received_total', 'Records of machines that were kept')
  const forked = metrics.counter('records_forked_total', 'Records of copies of machines')
  const refusedRecords = metrics.counter('records_refused_total', 'Batches refused', ['code'])
  const recalled = metrics.counter('lease_recalls_total', 'Machines asked to give back')
  metrics.gauge('sync_sessions', 'Sync connections of this process', count)
  return {
    message: (type) => messages.add(1, { type }),
    refused: (code) => refused.add(1, { code }),
    records: (count, isCopy) => (isCopy ? forked : received).add(count),
    recalled: (count) => recalled.add(count),
    refusedRecords: (code) => refusedRecords.add(1, { code }),
  }
}
