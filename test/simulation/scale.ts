/** `npm run sim -- --level scale --accounts N --first-seed S`: a month of N accounts, in figures. */

import { defaultCatalog } from '../support/credits.ts'
import { playAccount } from './scale/account.ts'
import { report } from './scale/report.ts'
import { createTally } from './scale/tally.ts'

/** Figures so far are told after so many accounts. */
const TOLD_EVERY = 50_000

/** The figures as Markdown. Accounts are played one after the other, each from the seed alone. */
export function playMonth(accounts: number, seed: number, told: (text: string) => void): string {
  const catalog = defaultCatalog()
  const tally = createTally()
  const began = performance.now()
  for (let account = 0; account < accounts; account++) {
    playAccount(tally, catalog, seed, account)
    const played = account + 1
    if (played % TOLD_EVERY !== 0 || played === accounts) continue
    const minutes = ((performance.now() - began) / 60_000).toFixed(1)
    told(`${report(tally, played, seed)}\n\n${played} of ${accounts} in ${minutes} min`)
  }
  return report(tally, accounts, seed)
}
