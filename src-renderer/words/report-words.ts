/** How contested charges and their answers read. */

import type { ChargeReportView } from '#shared/host/purchase.ts'
import type { BadgeTone } from '../kit/badge.tsx'
import { creditsInWords } from '../kit/format.ts'

/** Who looks at reports: by themselves, for a team, or only at their own. */
export type ReportReader = 'alone' | 'admin' | 'member'

export const REPORTS_TEXTS: Readonly<Record<ReportReader, string>> = {
  alone:
    'What you contested in Usage. In a team its admins answer; by yourself you look after the account, so the answer is yours too.',
  admin:
    'What the team’s members contested. What you give back comes as new credits; the history stays as it was.',
  member: 'What you contested in Usage, and what the team’s admins answered.',
}

type Answer = ChargeReportView['answer']

/** What came of a report, in a word or two. */
export function reportState(answer: Answer): { readonly word: string; readonly tone: BadgeTone } {
  if (answer === null) return { word: 'Waiting for an answer', tone: 'caution' }
  if (answer.refund === 0) return { word: 'Not refunded', tone: 'plain' }
  return { word: `${creditsInWords(answer.refund)} given back`, tone: 'good' }
}
