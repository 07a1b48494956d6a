/** The sync protocol's version and bounds (docs/sync.md). Nothing on the wire is without a bound. */

/** Spoken by this build. A change that an older reader may ignore does not raise it. */
export const PROTOCOL = 1
/** The oldest one this build still understands. */
export const OLDEST_PROTOCOL = 1

/** Where a server takes connections. */
export const SYNC_PATH = '/v1/sync'

/** Largest frame a device may send, bytes. */
export const MAX_FRAME_TO_SERVER = 1_048_576
/** Largest frame a server may send: a catalog, the largest single fact, must fit into one. */
export const MAX_FRAME_TO_DEVICE = 6_291_456
/** What a sender puts into one frame when there is more to come. */
export const BATCH_BYTES = 262_144

export const MAX_ENTRIES = 1_000
export const MAX_DOCUMENTS = 20_000
export const MAX_ITEMS = 10_000
export const MAX_SEGMENTS_ASKED = 64

/** Batches a device sends before the first of them is acknowledged. */
export const WINDOW = 4

/** A device says what it has this often, and hears whether that is everything. */
export const PING_EVERY_MS = 30_000
/** A device that awaits an answer this long cuts the connection and begins anew. */
export const STALLED_AFTER_MS = 20_000
/** A server cuts a device it has not heard from for so long. */
export const IDLE_AFTER_MS = 90_000
/** Between the connection and the hello. */
export const HELLO_WITHIN_MS = 10_000

/** What both ends speak, or which of them is too old for the other. */
export function commonProtocol(
  mine: { readonly protocol: number; readonly oldest: number },
  theirs: { readonly protocol: number; readonly oldest: number },
): number | 'theirs_too_old' | 'mine_too_old' {
  const spoken = Math.min(mine.protocol, theirs.protocol)
  if (spoken < mine.oldest) return 'theirs_too_old'
  if (spoken < theirs.oldest) return 'mine_too_old'
  return spoken
}
