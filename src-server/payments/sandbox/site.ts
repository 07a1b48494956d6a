/** The sandbox's pages over any HTTP server: from a request's parts to an answer's. */

import { createHash } from 'node:crypto'
import { findTestCard, TEST_CARDS } from './cards.ts'
import { lostPage, sessionPage, STYLE } from './page.ts'
import type { SandboxDesk } from './desk.ts'
import type { Session } from './objects.ts'

export interface PageRequest {
  readonly method: string
  /** After the sandbox's address: `/checkout/…`. */
  readonly path: string
  /** Of a form; at most MAX_FORM_BYTES. */
  readonly body: string
  /** The `Origin` of the request, where the browser sent one. */
  readonly origin: string | null
}

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const MAX_FORM_BYTES = 4_000

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
} as const

/** `origin`: where the pages are; a form sent from anywhere else does nothing. */
export function createSandboxSite(desk: SandboxDesk, origin: () => string) {
  const page = (status: number, body: string): PageAnswer => ({ status, headers: HEADERS, body })

  return async (request: PageRequest): Promise<PageAnswer> => {
    const id = /^\/checkout\/(cs_[\w-]{16,64})$/.exec(request.path)?.[1]
    const session = id === undefined ? null : await desk.session(id)
    if (!session) return page(404, lostPage())
    const shown = async (status: number, now: Session, refused: string | null) =>
      page(status, sessionPage(now, await desk.savedCard(now), refused))
    if (request.method === 'GET') return shown(200, session, null)
    if (request.method !== 'POST') return page(405, lostPage())
    // Browsers name the origin of a form.
    if (request.origin !== null && request.origin !== origin()) return page(403, lostPage())
    const form = new URLSearchParams(request.body)
    const refused = await act(session.id, form)
    const after = await desk.session(session.id)
    if (refused !== null && after) return shown(422, after, refused)
    // Loading the page again must not send the form again.
    return { status: 303, headers: { ...HEADERS, location: session.id }, body: '' }
  }

  async function act(sessionId: string, form: URLSearchParams): Promise<string | null> {
    switch (form.get('step')) {
      case 'pay': {
        const card = findTestCard(form.get('card') ?? '')
        if (!card) return 'unknown_card'
        await desk.pay(sessionId, TEST_CARDS.indexOf(card))
        return null
      }
      case 'saved':
        await desk.payWithSaved(sessionId)
        return null
      case 'agree':
      case 'disagree':
        await desk.confirm(sessionId, form.get('step') === 'agree')
        return null
      case 'cancel':
        await desk.cancel(sessionId)
        return null
      default:
        return null
    }
  }
}
