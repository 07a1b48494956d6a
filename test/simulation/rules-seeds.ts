/** How many worlds of rules `npm test` plays, in two files that run side by side. */

export const STEPS = 500
export const HALF = 150

/** What happens in any hundred seeds. */
export const HAPPENS = [
  ...['adopt', 'device', 'lease', 'report', 'reclaim', 'debt-paid', 'device-closed', 'advance'],
  ...['grant', 'expire', 'rollover', 'revoke', 'extend', 'refund', 'catalog', 'account'],
  ...['hold', 'refused', 'died', 'cloned', 'restored', 'fork', 're-enrolled', 'left', 'surfaced'],
  'debt',
]
