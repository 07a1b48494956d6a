/**
 * Tells when credits run low, once for each crossing, also over restarts: as a notice in the window
 * and by a notification of the system (design: alerts).
 */

import { join } from 'node:path'
import { z } from 'zod'
import type { AlertRule } from '#shared/catalog/policies.ts'
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

/** Shows a notification of the system, where there is one to show it. */
export type Notify = (notification: { readonly title: string; readonly body: string }) => void

export interface AlertKeeperDeps {
  /** Where what was told is kept; exists. */
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
  /** Looks at the level as it is now; call it whenever that may have changed. */
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

  function forget(id: string): void {
    const noticeId = noticeIdOf(id)
    if (!notices.list().some((notice) => notice.id === noticeId)) return
    notices.dismiss(noticeId)
    deps.emit({ type: 'notice.gone', noticeId })
  }

  /** One notice for all that was crossed: the gravest says it all. */
  function tell(rule: AlertRule, level: CreditLevel): void {
    const notice = noticeOf(rule, level, deps.now())
    const added = notices.add(notice)
    if (!added.ok) log.warn('A notice was not saved', { code: added.error.code })
    deps.emit({ type: 'notice', notice })
  }

  return {
    look() {
      const level = deps.level()
      const { fired, recovered, told: next } = nextAlerts(deps.rules(), level, told)
      if (fired.length === 0 && recovered.length === 0) return
      const gravest = fired.at(-1)
      // What is shown first may be told again after a crash; what is noted first could be lost.
      if (gravest) {
        told.forEach(forget)
        tell(gravest, level)
      } else recovered.forEach(forget)
      keep(next)
      if (gravest) deps.notify({ title: 'Tallystick', body: alertMessage(gravest, level) })
      deps.emit({ type: 'policies' })
    },
    alerts: () =>
      [...deps.rules()].sort(bySeverity).map((rule) => ({ rule, active: told.includes(rule.id) })),
  }
}

/** A damaged file is set aside: then at worst an alert is told once more. */
function readTold(file: string, now: number): Told {
  const stored = readJsonFile(file, toldSchema)
  if (stored.state === 'damaged') setAside(file, now)
  return stored.state === 'ok' ? stored.data.told : []
}

const noticeIdOf = (alertId: string) => `alert:${alertId}`

function noticeOf(rule: AlertRule, level: CreditLevel, at: number): NoticeView {
  const message = alertMessage(rule, level)
  return { id: noticeIdOf(rule.id), kind: 'alert', at, message, operationId: null }
}

/** `80% of this month’s credits are used: 100 are left.` */
function alertMessage(rule: AlertRule, { left }: CreditLevel): string {
  if (left === 0) return 'All your credits are used.'
  const rest = `${formatCredits(left)} ${left === 1_000 ? 'is' : 'are'} left.`
  if (rule.kind === 'left') return `Your credits run low: ${rest}`
  return `${rule.percent}% of this month’s credits are used: ${rest}`
}
