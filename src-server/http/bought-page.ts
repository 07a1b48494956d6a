import { plainPage } from './plain-page.ts'

/** Where a payment page leads back to. Whether anything was paid the processor says, not this. */
export const boughtPage = plainPage(
  'Back to Tallystick',
  `<h1>Go back to Tallystick</h1>
<p>You can close this page. What you paid is there as soon as the payment is confirmed.</p>`,
)
