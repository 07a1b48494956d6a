/** The sandbox's page: plain HTML without a script. What comes from elsewhere is escaped. */

import type { Money } from '#shared/credits/money.ts'
import type { SavedCard } from '#shared/host/purchase.ts'
import { TEST_CARDS } from './cards.ts'
import type { Session } from './objects.ts'

const escape = (text: string) =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Whole minor units, with as many decimals as the currency has. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  const text = String(amount).padStart(digits + 1, '0')
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return format.format(decimal as Intl.StringNumericLiteral)
}

const MESSAGES: Readonly<Record<string, string>> = {
  card_declined: 'Your card was declined. Try another one.',
  insufficient_funds: 'Your card has insufficient funds. Try another one.',
  expired_card: 'Your card has expired. Try another one.',
  incorrect_cvc: 'Your card’s security code is wrong.',
  processing_error: 'Your card could not be processed just now. Try again in a moment.',
  authentication_failed: 'Your bank did not confirm the payment. Try again, or another card.',
  unknown_card: 'This is a test page: it takes the test cards below and no other.',
}

export const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;display:grid;place-items:start center;min-height:100vh;background:Canvas;color:CanvasText}
main{width:min(30rem,100% - 2rem);padding:1.5rem 0 3rem}
.test{background:#8a4b00;color:#fff;padding:.6rem 1rem;text-align:center;font-weight:600;width:100%;box-sizing:border-box}
h1{font-size:1.1rem;font-weight:500;margin:.5rem 0 0}
.price{font-size:2.2rem;font-weight:650;margin:.2rem 0 1.2rem}
label{display:block;margin:.9rem 0 .2rem;font-weight:500}
input{width:100%;box-sizing:border-box;font:inherit;padding:.6rem .7rem;border:1px solid GrayText;border-radius:.5rem;background:Field;color:FieldText}
.row{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}
button{font:inherit;font-weight:600;padding:.75rem 1rem;border-radius:.5rem;border:1px solid GrayText;background:ButtonFace;color:ButtonText;width:100%;margin-top:1rem;cursor:pointer}
button.main{background:#0b57d0;border-color:#0b57d0;color:#fff}
:focus-visible{outline:3px solid #4c8dff;outline-offset:2px}
.error{border-left:4px solid #c5221f;padding:.5rem .8rem;margin:1rem 0}
details{margin-top:1.5rem}td{padding:.15rem .8rem .15rem 0}td:first-child{font-family:ui-monospace,monospace;white-space:nowrap}
`

function frame(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<style>${STYLE}</style></head><body>
<div class="test" role="note">Test money: no card is charged and none is kept.</div>
<main>${body}</main></body></html>`
}

/** `saved`: the card that may pay without being typed. `refused`: why the last form was not taken. */
export function sessionPage(
  session: Session,
  saved: SavedCard | null,
  refused: string | null,
): string {
  const { state, kind } = session
  if (state === 'complete') return donePage(kind)
  if (state === 'expired') return endedPage()
  return session.asks === null ? cardPage(session, saved, refused) : confirmPage(session)
}

function heading({ name, price, renews }: Session): string {
  const monthly = renews ? ' a month' : ''
  const sum = price ? `<p class="price">${escape(formatMoney(price))}${monthly}</p>` : ''
  return `<h1>${escape(name)}</h1>${sum}`
}

function cardPage(session: Session, saved: SavedCard | null, refused: string | null): string {
  const code = refused ?? session.message
  const message = code === null ? null : (MESSAGES[code] ?? 'The card was not accepted.')
  const error = message ? `<p class="error" role="alert">${escape(message)}</p>` : ''
  const action = session.price ? `Pay ${formatMoney(session.price)}` : 'Save card'
  const rows = TEST_CARDS.map(
    ({ number, label }) =>
      `<tr><td>${number.replaceAll(/(.{4})(?=.)/g, '$1 ')}</td><td>${escape(label)}</td></tr>`,
  )
  return frame(
    'Sandbox checkout',
    `${heading(session)}${error}${saved ? savedForm(saved) : ''}
<form method="post"><input type="hidden" name="step" value="pay">
<label for="card">Card number</label>
<input id="card" name="card" inputmode="numeric" autocomplete="off" placeholder="4242 4242 4242 4242" required autofocus>
<div class="row"><div><label for="expiry">Expiry</label><input id="expiry" inputmode="numeric" autocomplete="off" placeholder="12 / 34"></div>
<div><label for="cvc">Security code</label><input id="cvc" inputmode="numeric" autocomplete="off" placeholder="123"></div></div>
<button class="main">${escape(action)}</button></form>
<form method="post"><input type="hidden" name="step" value="cancel"><button>Cancel and go back</button></form>
<details open><summary>Test cards</summary><table>${rows.join('')}</table></details>`,
  )
}

const savedForm = ({ brand, lastFour }: SavedCard) => `
<form method="post"><input type="hidden" name="step" value="saved">
<button class="main">Use ${escape(brand)} ending in ${escape(lastFour)}</button></form>`

function confirmPage(session: Session): string {
  return frame(
    'Confirm the payment',
    `${heading(session)}<p>Your bank asks whether this is you.</p>
<form method="post"><input type="hidden" name="step" value="agree"><button class="main">Confirm payment</button></form>
<form method="post"><input type="hidden" name="step" value="disagree"><button>This is not me</button></form>`,
  )
}

function donePage(kind: Session['kind']): string {
  const what = kind === 'setup' ? 'Card saved' : 'Payment successful'
  return frame(
    what,
    `<h1>${what}</h1><p>You can close this page and go back to Tallystick. It goes on by itself.</p>`,
  )
}

function endedPage(): string {
  return frame(
    'Nothing to pay',
    '<h1>Nothing to pay here any more</h1><p>Nothing was charged. Go back to Tallystick to start again.</p>',
  )
}

export function lostPage(): string {
  return frame('Not found', '<h1>There is no such page</h1><p>Go back to Tallystick.</p>')
}
