/** How leases are sized and how long they last (design: leases). Times are milliseconds. */

const DAY = 24 * 60 * 60 * 1_000
export const DAY_MS = DAY

/** How long a device may go without contact. */
export const LEASE_TERM = 30 * DAY
/** A lease is renewed on contact when less than this is left of it. */
export const RENEW_BELOW = LEASE_TERM / 2
/** How long after its end a lease's credits wait for the device's report before they are taken back. */
export const GRACE = 7 * DAY
/** The end of a lease that has none: the last moment there is. */
export const NO_END = 8_640_000_000_000_000

/** How many days of the device's recent use a lease should cover. */
export const COVERED_DAYS = 7
/** How many days count as recent. */
export const USE_DAYS = 14
/** Without recent use a device gets this fraction (1/n) of its share: enough for some runs. */
export const FLOOR_PARTS = 4
/** A lease is topped up when less than this fraction (1/n) of the device's target is left. */
export const LOW_WATER_PARTS = 2
/** The pool is short when less than this fraction (1/n) of it is unleased. */
export const SHORT_PARTS = 10
