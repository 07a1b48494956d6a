/** The tie to a team among the parts of the host. */

import type { TeamServer } from '../authority/team-authority.ts'
import { addCredits, type Credits, minCredits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { unspentAt } from '../ledger/not-covered.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { WithTeam } from '../meter/ports.ts'
import { createTeamLink } from '../sync/team-link.ts'
import type { TeamLink } from '../sync/team-ports.ts'
import { teamView } from '../sync/team-views.ts'
import type { HostParts } from './parts.ts'
import { keepTeamRecords, type TeamWire } from './team-records.ts'

type LinkParts = Pick<HostParts, 'fetch' | 'ids' | 'secrets'> &
  Parameters<typeof keepTeamRecords>[0]

/** Tells windows of the team, and keeps what is told of it fresh. */
export function openTeamLink(
  parts: LinkParts,
  ledger: OpenLedger,
  heard: { balanceChanged(): void; issuerChanged(): void; syncChanged(): void },
  wire?: TeamWire,
): TeamLink {
  const { events, log } = parts
  let issuer = ledger.issuer()

  async function readAgain(): Promise<void> {
    const read = await link.ask('team.read', {})
    if (!read.ok) log.info('The team was not read', { code: read.error.code })
    events.emit({ type: 'team', team: viewOf(link, ledger) })
  }

  /** The purchase as it is now, for windows to show. */
  async function tellPurchase(purchaseId: string | null): Promise<void> {
    const read = purchaseId === null ? null : await link.call('purchase.read', { purchaseId })
    events.emit({ type: 'purchase', purchase: read?.ok ? read.data : null })
  }

  const link = createTeamLink({
    directory: parts.ledgerDirectory,
    ledger,
    secrets: parts.secrets,
    fetch: parts.fetch,
    clock: parts.clock,
    timers: parts.timers,
    ids: parts.ids,
    machine: { platform: process.platform, appVersion: parts.version },
    log,
    records: keepTeamRecords(parts, ledger, wire),
    balanceChanged: heard.balanceChanged,
    syncChanged() {
      heard.syncChanged()
      events.emit({ type: 'sync', sync: link.sync() })
    },
    namesChanged: () => events.emit({ type: 'team', team: viewOf(link, ledger) }),
    buyingChanged(news) {
      if (news.type === 'report') events.emit({ type: 'charge.report', reportId: news.reportId })
      else void tellPurchase(news.purchaseId)
    },
    teamChanged() {
      const isOther = issuer !== ledger.issuer()
      issuer = ledger.issuer()
      if (isOther) heard.issuerChanged()
      if (link.file()) void readAgain()
      else events.emit({ type: 'team', team: null })
    },
  })
  return link
}

/** Null where there is no team, or the server has not said anything of it yet. */
export function viewOf(link: TeamLink, ledger: OpenLedger) {
  const file = link.file()
  if (!file?.told?.team || !ledger.issuer()) return null
  const { address, told } = file
  const spentOffline = link.spentOffline()
  return teamView(told.team as NonNullable<typeof told.team>, {
    address,
    asOf: told.teamAt,
    spentOffline,
    names: link.names(),
  })
}

/** Whether it is only from this machine that a run's credits are missing, as far as is known here. */
export function withTeam(
  ledger: Pick<OpenLedger, 'issuer' | 'lease' | 'now' | 'books' | 'spendable'>,
  link: Pick<TeamLink, 'elsewhere' | 'sync'>,
  needed: Credits,
  operation: string,
): WithTeam | null {
  if (!ledger.issuer()) return null
  const now = ledger.now()
  const { state } = link.sync().status
  const connected = state === 'synced' || state === 'syncing'
  const lease = ledger.lease()
  if (lease && now >= lease.expiresAt) return { why: 'lease-over', connected }
  // The books here do not know what others spent; what the server last said does.
  const unspent = unspentAt(ledger.books().balances.values(), now, operation)
  const here = availableAt(ledger.spendable(), now, operation)
  const told = link.elsewhere()
  const inAll = told ? minCredits(unspent, addCredits(here, told.amount)) : unspent
  return inAll < needed ? null : { why: 'lease-short', connected }
}

export function teamServer(link: () => TeamLink): TeamServer {
  return {
    changePlan: (choice) => link().call('plan.change', choice),
    redeem: (request) => link().call('code.redeem', request),
    setCap: (change) => link().call('cap.set', change),
    removeCap: (change) => link().call('cap.remove', change),
  }
}
