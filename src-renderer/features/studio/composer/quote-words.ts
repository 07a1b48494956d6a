/** The one quiet line under a prompt, in words. */

import { MILLICREDITS_PER_CREDIT } from '#shared/credits/amount.ts'
import type { Affordability, QuoteView } from '#shared/host/views.ts'
import type { CapReached } from '#shared/policy/caps.ts'
import type { NotEntitled } from '#shared/policy/entitlements.ts'
import { creditsInWords, formatCredits, formatTime, plural } from '../../../kit/format.ts'

export interface QuoteWords {
  readonly text: string
  readonly tone: 'plain' | 'caution' | 'bad'
  /** What would help: more credits, another plan, other caps, a word with the team's server. */
  readonly help: 'credits' | 'plans' | 'caps' | 'team' | null
  /** What is no matter of credits. */
  readonly aside?: string
}

const runs = (tone: QuoteWords['tone'], text: string): QuoteWords => ({
  text,
  tone,
  help: null,
})

/** Whether a run may start, in full or shorter. */
export function mayRun({ affordability: { kind } }: QuoteView): boolean {
  return kind === 'full' || kind === 'shorter'
}

/** `~12 credits · at most 40`, or what would fit, or why not and when it goes on. */
export function quoteWords(view: QuoteView, timeZone: string): QuoteWords {
  const { quote, affordability } = view
  if (view.reuse) return runs('plain', `You made this before: free · a new one ${priceWords(view)}`)
  switch (affordability.kind) {
    case 'full':
      return fullWords(view)
    case 'shorter': {
      const { maximum, cap } = affordability
      const why = cap
        ? `“${cap.name}” leaves no more`
        : `the balance does not cover ${formatCredits(quote.maximum)}`
      return runs('caution', `Short reply, at most ${creditsInWords(maximum)}: ${why}`)
    }
    case 'insufficient':
      return insufficientWords(affordability, timeZone)
    case 'with-team':
      return withTeamWords(affordability)
    case 'capped':
      return { text: capWords(affordability, timeZone), tone: 'bad', help: 'caps' }
    case 'not-entitled': {
      const text = entitlementWords(affordability.refusal)
      return { text, tone: 'bad', help: 'plans' }
    }
  }
}

function fullWords(view: QuoteView): QuoteWords {
  const { trial, warnings } = view
  const parts = [priceWords(view)]
  if (trial) parts.push(`on trial, ${plural(trial.runsLeft, 'run')} left`)
  const [warning] = warnings
  if (warning) parts.push(`may pass “${warning.name}”, ${shareOf(warning)}`)
  return runs(warning ? 'caution' : 'plain', parts.join(' · '))
}

type Insufficient = Extract<Affordability, { kind: 'insufficient' }>

const STILL_WORKS = 'Everything else goes on working.'

/** What the plan makes of a shortfall (design: at zero). */
function insufficientWords(
  { needed, available, standstill }: Insufficient,
  timeZone: string,
): QuoteWords {
  const refused = { tone: 'bad', help: 'credits' } as const
  const short = `${creditsInWords(needed)} needed, ${formatCredits(available)}`
  const resets = (at: number | null) =>
    at === null ? '' : `resets ${formatTime(at, timeZone, 'day')}`
  const after = (colon: string, words: string) => (words === '' ? '' : `${colon} ${words}`)
  const worded = (): QuoteWords => {
    switch (standstill.kind) {
      case 'held':
        return {
          ...refused,
          text: `${short} free until a run has ended: ${formatCredits(standstill.held)} held`,
          tone: 'caution',
          help: null,
        }
      case 'paused':
        return { ...refused, text: `${short} left${after(':', resets(standstill.resumesAt))}` }
      case 'blocked': {
        const reset = after(';', resets(standstill.resumesAt))
        return { ...refused, text: `Blocked by your plan: ${short} left${reset}` }
      }
      case 'overage-used': {
        const reset = after(';', resets(standstill.resumesAt))
        const overage = `all ${formatCredits(standstill.limit)} beyond your plan are used`
        return { ...refused, text: `${short} left: ${overage}${reset}` }
      }
    }
  }
  const words = worded()
  return available === 0 && standstill.kind !== 'held' ? { ...words, aside: STILL_WORKS } : words
}

/** The team has them: what stands between them and this machine. */
function withTeamWords({
  needed,
  available,
  why,
  connected,
}: Extract<Affordability, { kind: 'with-team' }>): QuoteWords {
  const help = 'team'
  if (why === 'lease-over') {
    const then = connected ? 'it is asked again' : 'connect it, and it goes on'
    const text = `This machine has not heard of the team’s server for too long: ${then}`
    return { text, tone: connected ? 'caution' : 'bad', help }
  }
  const here = `${creditsInWords(needed)} needed, ${formatCredits(available)} of the team’s with this machine`
  return connected
    ? { text: `${here}: more is asked for`, tone: 'caution', help }
    : { text: `${here} until it is online again`, tone: 'bad', help }
}

const shareOf = ({ used, limit }: CapReached) =>
  `${formatCredits(used)} of ${formatCredits(limit)} used`

function capWords(
  { needed, cap }: Extract<Affordability, { kind: 'capped' }>,
  timeZone: string,
): string {
  const reached = `${creditsInWords(needed)} needed; “${cap.name}”: ${shareOf(cap)}`
  if (cap.resetsAt === null) return `${reached}, too little for this run`
  return `${reached}, free again ${formatTime(cap.resetsAt, timeZone, 'moment')}`
}

function entitlementWords({ reason, plans }: NotEntitled): string {
  const what: Readonly<Record<NotEntitled['reason'], string>> = {
    operation: 'Not part of your plan',
    model: 'This model is not part of your plan',
    'trial-over': 'The trial of this is over',
  }
  const names = plans.map(({ name }) => name)
  if (names.length === 0) return what[reason]
  const last = names.at(-1)
  const all = names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
  return `${what[reason]}: ${all} ${names.length === 1 ? 'has' : 'have'} it`
}

/** The price alone, whatever the balance; with what of it goes to a recipe's creator. */
export function priceWords(view: QuoteView): string {
  const { quote } = view
  const premium = premiumWords(view)
  if (quote.expected === quote.maximum) return `${creditsInWords(quote.maximum)}${premium}`
  return `~${creditsInWords(quote.expected)} · at most ${formatCredits(quote.maximum)}${premium}`
}

/** ` · 1 goes to Ana`, or nothing where nothing does. */
function premiumWords({ quote: { premium }, recipe }: QuoteView): string {
  if (!premium || !recipe || premium.maximum === 0) return ''
  const { expected, maximum } = premium
  const about = expected === maximum ? '' : '~'
  const verb = expected === MILLICREDITS_PER_CREDIT ? 'goes' : 'go'
  return ` · ${about}${formatCredits(expected)} ${verb} to ${recipe.creatorName}`
}
