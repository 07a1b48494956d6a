import { plainPage } from './plain-page.ts'

/**
 * The page a processor sends people back to. Whether anything was paid is up to the processor's
 * messages, not this.
 */
export const boughtPage = plainPage(
  'Back to Tallystick',
  `<h1>Go back to Tallystick</h1>
<p>You can close this page. What you paid is there as soon as the payment is confirmed.</p>`,
)
