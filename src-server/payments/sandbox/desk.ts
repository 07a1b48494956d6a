/** The sandbox’s pages: what a person types or clicks there, and what comes of it. */

import type { SavedCard } from '#shared/host/purchase.ts'
import type { TestCard } from './cards.ts'
import { TEST_CARDS } from './cards.ts'
import { NOTHING, type SandboxMessages } from './messages.ts'
import { change, find, type Session } from './objects.ts'
import type { SandboxPorts } from './ports.ts'
import { paymentOf, type Till } from './till.ts'

/** What the page does with what a person typed or clicked. */
export interface SandboxDesk {
  session(id: string): Promise<Session | null>
  /** The card that may pay on a page without being typed; null where none is saved. */
  savedCard(session: Session): Promise<SavedCard | null>
  /** Tries a card on an open page. */
  pay(sessionId: string, card: number): Promise<void>
  payWithSaved(sessionId: string): Promise<void>
  /** The bank's question was answered. */
  confirm(sessionId: string, agrees: boolean): Promise<void>
  cancel(sessionId: string): Promise<void>
}

export interface Pages {
  readonly desk: SandboxDesk
  /** Closes a page on which nothing was paid. */
  expire(sessionId: string): Promise<Session | null>
}

export function createPages(
  { database, clock }: SandboxPorts,
  { happen }: Till,
  { tell }: Pick<SandboxMessages, 'tell'>,
  unguessable: (prefix: string) => string,
): Pages {
  async function saveCard(customer: string, testCard: number): Promise<SavedCard | null> {
    const card = cardToSave(TEST_CARDS[testCard])
    const saved = await change(database, 'customer', customer, (known) =>
      known ? { ...known, card, testCard } : null,
    )
    if (!saved) return null
    const { accountId } = saved
    await tell('customer.card', { ...NOTHING, customer: { accountId } })
    return card
  }

  async function take(session: Session, at: number): Promise<void> {
    const card = TEST_CARDS[at]
    const { about, price } = session
    if (!card) return
    const saved = await saveCard(session.customer, at)
    if (!about || !price) return
    const payment = paymentOf(about)
    const { amount: total, currency } = price
    const paid = { type: 'paid', payment, total, tax: 0, currency } as const
    const disputeId = unguessable('dp')
    const dispute = { type: 'disputed', payment, disputeId, amount: total, status: 'open' } as const
    await happen(about, card.disputed ? [paid, dispute] : [paid], () => ({
      payment,
      card: saved,
    }))
  }

  const live = async (id: string): Promise<Session | null> => {
    const session = await find(database.query, 'session', id)
    if (session?.state !== 'open' || clock.now() < session.expiresAt) return session
    return expire(id)
  }

  async function expire(id: string): Promise<Session | null> {
    const [session, ended] = await moved(id, (known) =>
      known.state === 'open' ? { state: 'expired', asks: null } : null,
    )
    if (ended && session?.about) await happen(session.about, [{ type: 'expired' }])
    return session
  }

  /** Moves an open page on; whoever is second finds it closed and does nothing. */
  async function step(id: string, next: Partial<Session>): Promise<Session | null> {
    const [session, done] = await moved(id, (known) =>
      known.state === 'open' && clock.now() < known.expiresAt ? next : null,
    )
    return done ? session : null
  }

  /** The page as it is then, and whether it was this that changed it. */
  async function moved(
    id: string,
    decide: (known: Session) => Partial<Session> | null,
  ): Promise<readonly [Session | null, boolean]> {
    const outcome = { changed: false }
    const session = await change(database, 'session', id, (known) => {
      const next = known && decide(known)
      outcome.changed = next !== null
      return known && next ? { ...known, ...next } : null
    })
    return [session, outcome.changed]
  }

  async function decline(session: Session, code: Exclude<TestCard['onPage'], 'pays' | 'asks'>) {
    await step(session.id, { message: code, asks: null })
    if (session.about) await happen(session.about, [{ type: 'declined', code }])
  }

  async function pay(sessionId: string, at: number): Promise<void> {
    const session = await live(sessionId)
    const card = TEST_CARDS[at]
    if (session?.state !== 'open' || !card) return
    const { onPage } = card
    if (onPage === 'asks') await step(sessionId, { asks: at, message: null })
    else if (onPage !== 'pays') await decline(session, onPage)
    else if (await step(sessionId, { state: 'complete', message: null })) await take(session, at)
  }

  const holderOf = ({ customer }: Session) => find(database.query, 'customer', customer)

  const desk: SandboxDesk = {
    session: live,
    async savedCard(session) {
      return session.kind === 'payment' ? ((await holderOf(session))?.card ?? null) : null
    },
    pay,
    async payWithSaved(sessionId) {
      const session = await live(sessionId)
      const holder = session && (await holderOf(session))
      if (holder?.testCard != null) await pay(sessionId, holder.testCard)
    },
    async confirm(sessionId, agrees) {
      const session = await live(sessionId)
      if (session?.state !== 'open' || session.asks === null) return
      if (!agrees) await decline(session, 'authentication_failed')
      else if (await step(sessionId, { state: 'complete', asks: null, message: null })) {
        await take(session, session.asks)
      }
    },
    async cancel(sessionId) {
      const session = await step(sessionId, { state: 'expired', asks: null })
      if (session?.about) await happen(session.about, [{ type: 'cancelled' }])
    },
  }

  return { desk, expire }
}

const cardToSave = (card: TestCard | undefined): SavedCard | null =>
  card
    ? { brand: card.brand, lastFour: card.number.slice(-4), expiryMonth: 12, expiryYear: 2034 }
    : null
