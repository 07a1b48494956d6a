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

/** A lease is to last for so many days of the device's recent use. */
export const LEASE_DAYS = 7
/** Days that count as recent. */
export const USE_DAYS = 14
/** Without recent use a device gets one part in so many of its share: enough for some runs. */
export const FLOOR_PARTS = 4
/** A lease is topped up when less than one part in so many is left of what the device is to have. */
export const LOW_WATER_PARTS = 2
/** The pool is short when less than one part in so many is not leased. */
export const SHORT_PARTS = 10
