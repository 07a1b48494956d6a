/**
 * Every rule that the five credit systems state, with the test that holds the engine to it (of the
 * same name, in the suite of the system) and, where it speaks of the screen, the end-to-end tests.
 */

export interface Rule {
  /** System and number: `tooljet 4`. */
  readonly name: string
  readonly says: string
  /** End-to-end tests of what the rule says of the screen. */
  readonly e2e?: readonly { readonly file: string; readonly title: string }[]
}

export const RULES = [
  {
    name: 'softr 1',
    says: 'Included each month: Free 500, Basic 1,000, Professional 5,000, Business 10,000',
  },
  { name: 'softr 2', says: 'One monthly pool serves all AI features' },
  { name: 'softr 3', says: 'Cost depends on model, task type and size of input and output' },
  { name: 'softr 4', says: 'Included credits reset each month and never roll over' },
  {
    name: 'softr 5',
    says: 'Add-ons are subscriptions, only on paid plans that are not legacy',
  },
  { name: 'softr 6', says: 'Unused add-on credits roll over for at most one month' },
  {
    name: 'softr 7',
    says: 'At zero AI pauses uncharged, and resumes by itself at renewal or with an add-on',
    e2e: [
      { file: 'at-zero.spec.ts', title: 'says what is needed, what is left and when more comes' },
    ],
  },
  {
    name: 'softr 8',
    says: 'Plan & billing shows the remaining credits and "Get more"',
    e2e: [
      {
        file: 'billing.spec.ts',
        title: 'the balance is shown bucket by bucket with the day on which each ends',
      },
      {
        file: 'billing.spec.ts',
        title: 'Get more opens the panel, which says which plans may buy packs',
      },
    ],
  },

  {
    name: 'creator-platform 1',
    says: 'Credits are used in the editor and in finished apps, and reset monthly with the plan',
  },
  {
    name: 'creator-platform 2',
    says: 'At zero only AI stops, until reset, upgrade or a pack',
    e2e: [
      {
        file: 'at-zero.spec.ts',
        title: 'at zero nothing runs, and everything else goes on working',
      },
    ],
  },
  { name: 'creator-platform 3', says: 'Whoever invokes the AI pays, never the creator of the app' },
  {
    name: 'creator-platform 4',
    says: 'A modest premium goes to the creator by itself, who never sees the data',
    e2e: [
      {
        file: 'recipes.spec.ts',
        title:
          'somebody else’s recipe: the price says what goes to its creator, and so does the charge',
      },
    ],
  },
  {
    name: 'creator-platform 5',
    says: 'The rate card, from editor chat to text-to-speech',
    e2e: [{ file: 'rates.spec.ts', title: 'plans, packs and every operation are listed' }],
  },
  {
    name: 'creator-platform 6',
    says: 'Balance, limit, tier, history with time and operation, and what consumes most are seen',
    e2e: [
      {
        file: 'first-use.spec.ts',
        title: 'the breakdown tells the grant, its expiry and the next refill',
      },
      {
        file: 'usage.spec.ts',
        title: 'every operation stands in the history, narrowed as the address says',
      },
      { file: 'usage.spec.ts', title: 'groups add up and open their rows' },
      {
        file: 'billing.spec.ts',
        title: 'the page shows this month’s use against the limit and what used most',
      },
    ],
  },
  {
    name: 'creator-platform 7',
    says: 'Super has ten times the monthly credits; packs are bought in the settings',
    e2e: [
      {
        file: 'get-credits.spec.ts',
        title: 'the billing history has each purchase with its receipt, as CSV too, and pays back',
      },
    ],
  },
  {
    name: 'creator-platform 8',
    says: 'Reusing a cached result costs nothing',
    e2e: [{ file: 'recipes.spec.ts', title: 'what was made before is free, or made anew' }],
  },

  { name: 'tooljet 1', says: 'Monthly credits are always consumed before add-on credits' },
  {
    name: 'tooljet 2',
    says: 'Operations have average costs; the charge varies with complexity',
  },
  {
    name: 'tooljet 3',
    says: 'Monthly credits renew on the billing date and do not carry over, on annual plans too',
  },
  {
    name: 'tooljet 4',
    says: 'Add-ons come in hundreds for a year; a later purchase extends the whole pool',
  },
  {
    name: 'tooljet 5',
    says: 'A purchase takes a quantity and a promo code; credits come after payment only',
    e2e: [
      {
        file: 'get-credits.spec.ts',
        title:
          'a quantity and a promo code make the price and are kept; a wrong code says so at the field',
      },
    ],
  },
  { name: 'tooljet 6', says: 'Credits are per builder per month and pooled with the add-ons' },
  {
    name: 'tooljet 7',
    says: 'The icon by the chat shows the total; the settings its parts, validity and renewal',
    e2e: [
      {
        file: 'first-use.spec.ts',
        title: 'the breakdown tells the grant, its expiry and the next refill',
      },
      {
        file: 'billing.spec.ts',
        title: 'the balance is shown bucket by bucket with the day on which each ends',
      },
      { file: 'billing.spec.ts', title: 'the balance chip leads to Plan & billing' },
    ],
  },
  {
    name: 'tooljet 8',
    says: 'The smallest charge is 1 credit; it was 0.1 before 22 September 2025',
  },
  {
    name: 'tooljet 9',
    says: 'New limits by plan, and a fresh set for existing users at the switch',
  },

  {
    name: 'schematic 1',
    says: 'A credit stands for tokens, compute time or a task; better models cost more',
  },
  {
    name: 'schematic 2',
    says: 'Credits are deducted as each task completes, and the balance follows in real time',
    e2e: [{ file: 'chat.spec.ts', title: 'a reply streams, and its charge leaves the balance' }],
  },
  {
    name: 'schematic 3',
    says: 'At zero, by plan: pause, block, or limited overage recorded for invoicing',
  },
  { name: 'schematic 4', says: 'Restored by top-up, upgrade or reset' },
  { name: 'schematic 5', says: 'Reset, or rollover up to one extra month' },
  {
    name: 'schematic 6',
    says: 'Prepaid packs last until consumed or for a defined time, over many months',
  },
  {
    name: 'schematic 7',
    says: 'Who may buy is set by plan; Enterprise has its own allocation and overage',
  },
  {
    name: 'schematic 8',
    says: 'Balance, limits, history, renewal and expiry are seen; usage by subject in a table',
    e2e: [
      {
        file: 'first-use.spec.ts',
        title: 'the breakdown tells the grant, its expiry and the next refill',
      },
      { file: 'usage.spec.ts', title: 'groups add up and open their rows' },
      {
        file: 'billing.spec.ts',
        title: 'the balance is shown bucket by bucket with the day on which each ends',
      },
      {
        file: 'billing.spec.ts',
        title: 'the page shows this month’s use against the limit and what used most',
      },
    ],
  },
  { name: 'schematic 9', says: 'One pool may serve several AI features' },
  {
    name: 'schematic 10',
    says: 'Promotional grants, temporary overrides, trials, and alerts near a threshold',
  },
  {
    name: 'schematic 11',
    says: 'Packaging changes without a code deployment',
  },
  {
    name: 'schematic 12',
    says: 'Usage events, ledger and entitlements are one system of record',
  },

  { name: 'coding-agent 1', says: 'A feature costs by complexity, size or model' },
  { name: 'coding-agent 2', says: 'Pro has a monthly allowance; after it the user buys more' },
  {
    name: 'coding-agent 3',
    says: 'Auto-refill recharges once the balance drops below a threshold, where switched on',
    e2e: [
      {
        file: 'get-credits.spec.ts',
        title:
          'auto-refill is off until it is switched on, buys by itself, and is off in one click',
      },
    ],
  },
  {
    name: 'coding-agent 4',
    says: 'At zero every credit feature is disabled until purchase',
    e2e: [
      {
        file: 'at-zero.spec.ts',
        title: 'at zero nothing runs, and everything else goes on working',
      },
    ],
  },
  { name: 'coding-agent 5', says: 'No transfers between accounts' },
  {
    name: 'coding-agent 6',
    says: 'Used credits are not reversed; a loss is made good by a new grant',
    e2e: [
      {
        file: 'reported-charge.spec.ts',
        title:
          'a charge is reported with its record, never with the prompt unless it is ticked, and answered',
      },
    ],
  },
  {
    name: 'coding-agent 7',
    says: 'The purchase panel opens by itself when credits are low',
    e2e: [
      {
        file: 'get-credits.spec.ts',
        title: 'the panel opens by itself once for each level, and never over what is typed',
      },
    ],
  },
  {
    name: 'coding-agent 8',
    says: 'Packages: $20 for 500, $100 for 2,500, $500 for 12,500, or a custom amount',
    e2e: [
      {
        file: 'payment-page.spec.ts',
        title: 'a pack is bought on the payment page, and the credits come by themselves',
      },
      {
        file: 'get-credits.spec.ts',
        title:
          'a quantity and a promo code make the price and are kept; a wrong code says so at the field',
      },
    ],
  },
  {
    name: 'coding-agent 9',
    says: '"Add new card" when none is saved, otherwise the saved card',
    e2e: [
      {
        file: 'get-credits.spec.ts',
        title:
          'auto-refill is off until it is switched on, buys by itself, and is off in one click',
      },
    ],
  },
  {
    name: 'coding-agent 10',
    says: 'After a purchase the current credits update by themselves',
    e2e: [
      {
        file: 'payment-page.spec.ts',
        title: 'a pack is bought on the payment page, and the credits come by themselves',
      },
    ],
  },
] as const satisfies readonly Rule[]

export type RuleName = (typeof RULES)[number]['name']
