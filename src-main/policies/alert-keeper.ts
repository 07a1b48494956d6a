/**
 * Announces when credits run low, once for each crossing, and once when they have recovered, across
 * restarts too: as a notice in the window and as a system notification (design: alerts).
 */

import { join } from 'node:path'
import { z } from 'zod'
import type { AlertRule } from '#shared/catalog/policies.ts'
import { type Credits, MILLICREDITS_PER_CREDIT } from '#shared/credits/amount.ts'
import { formatCredits } from '#shared/credits/format.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { AlertView } from '#shared/host/policies.ts'
import type { NoticeView } from '#shared/host/views.ts'
import { bySeverity, type CreditLevel, nextAlerts, type Told } from '#shared/policy/alerts.ts'
import { readJsonFile, setAside, systemErrorCode, writeFileAtomic } from '../files/atomic-file.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Notices } from '../settings/notices.ts'

export const ALERTS_FILE = 'alerts.json'

const toldSchema = z.object({ told: z.array(z.string().max(64)).max(200) })

/** Shows a system notification, if the system can. */
export type Notify = (notification: { readonly title: string; readonly body: string }) => void

export interface AlertKeeperDeps {
  /** The folder where what was announced is kept; must exist. */
  readonly directory: string
  readonly notices: Notices
  readonly log: Log
  readonly notify: Notify
  /** Ledger time. */
  now(): number
  rules(): readonly AlertRule[]
  level(): CreditLevel
  emit(event: HostEvent): void
}

export interface AlertKeeper {
  /** Checks the current level; call it whenever that may have changed. */
  look(): void
  alerts(): readonly AlertView[]
}

export function createAlertKeeper(deps: AlertKeeperDeps): AlertKeeper {
  const { notices, log } = deps
  const file = join(deps.directory, ALERTS_FILE)
  let told = readTold(file, deps.now())

  function keep(next: Told): void {
    told = next
    try {
      writeFileAtomic(file, `${JSON.stringify({ told }, null, 2)}\n`)
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error
      log.warn('What was told of credits was not saved', { cause: systemErrorCode(error) })
    }
  }

  function forget(noticeId: string): void {
    if (!notices.list().some((notice) => notice.id === noticeId)) return
    notices.dismiss(noticeId)
    deps.emit({ type: 'notice.gone', noticeId })
  }

  function tell(id: string, message: string): void {
    const notice: NoticeView = { id, kind: 'alert', at: deps.now(), message, operationId: null }
    const added = notices.add(notice)
    if (!added.ok) log.warn('A notice was not saved', { code: added.error.code })
    deps.emit({ type: 'notice', notice })
  }

  return {
    look() {
      const level = deps.level()
      const { fired, recovered, told: next } = nextAlerts(deps.rules(), level, told)
      if (fired.length === 0 && recovered.length === 0) return
      // One notice for everything crossed: the most severe says it all.
      const gravest = fired.at(-1)
      // An alert no longer in force has not recovered: it is just gone.
      const hasRecovered = deps.rules().some(({ id }) => recovered.includes(id))
      const message = gravest
        ? alertMessage(gravest, level)
        : hasRecovered
          ? recoveredMessage(level)
          : null
      // Shown before it is recorded: a crash may then repeat it, where the other order could lose
      // it.
      for (const id of gravest ? told : recovered) forget(noticeIdOf(id))
      forget(RECOVERED)
      if (message !== null) tell(gravest ? noticeIdOf(gravest.id) : RECOVERED, message)
      keep(next)
      if (message !== null) deps.notify({ title: 'Tallystick', body: message })
      deps.emit({ type: 'policies' })
    },
    alerts: () =>
      [...deps.rules()].sort(bySeverity).map((rule) => ({ rule, active: told.includes(rule.id) })),
  }
}

/** A damaged file is set aside: at worst an alert is repeated. */
function readTold(file: string, now: number): Told {
  const stored = readJsonFile(file, toldSchema)
  if (stored.state === 'damaged') setAside(file, now)
  return stored.state === 'ok' ? stored.data.told : []
}

const RECOVERED = 'alerts-recovered'
const noticeIdOf = (alertId: string) => `alert:${alertId}`

/** `80% of this month’s credits are used: 100 are left.` */
function alertMessage(rule: AlertRule, { left }: CreditLevel): string {
  if (left === 0) return 'All your credits are used.'
  const rest = restOf(left)
  if (rule.kind === 'left') return `Your credits run low: ${rest}`
  return `${rule.percent}% of this month’s credits are used: ${rest}`
}

/** `Your credits have recovered: 500 are left.` */
const recoveredMessage = ({ left }: CreditLevel) => `Your credits have recovered: ${restOf(left)}`

const restOf = (left: Credits) =>
  `${formatCredits(left)} ${left === MILLICREDITS_PER_CREDIT ? 'is' : 'are'} left.`
