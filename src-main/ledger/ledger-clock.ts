/**
 * The two times of a ledger (design: standing alone). What is written is never earlier than the
 * last entry. What may be spent goes by the issuer's time once that was heard, so a wall clock that
 * was once wrong, ahead or behind, no longer matters.
 */

import type { Clock } from '#shared/ports/time.ts'

export interface LedgerClock {
  /** The time that decides what may be spent, epoch milliseconds. */
  now(): number
  /** The time to write for something that happens at `at`: never before the last entry. */
  stamp(at?: number): number
  /** An entry was written. */
  wrote(at: number): void
  /** The issuer said its time is `at`. Forgotten when the process ends. */
  heard(at: number): void
  /**
   * The issuer wrote something at `at`, so its time is at least that, whatever was heard. A message
   * takes time to arrive and the clocks of an issuer's processes differ; what was written takes
   * effect all the same.
   */
  issued(at: number): void
}

/**
 * How far apart the clocks of one issuer may be; beyond that one of them is wrong, and the time
 * last heard counts.
 */
const CLOCKS_APART_MS = 60_000

/** A moment, and the readings of this machine's clocks at it. */
interface Mark {
  readonly at: number
  readonly monotonic: number
  readonly wall: number
}

/** `last`: the time of the last entry. `isUnderIssuer`: whether another's time decides. */
export function createLedgerClock(
  clock: Clock,
  last: number,
  isUnderIssuer: () => boolean,
): LedgerClock {
  const mark = (at: number): Mark => ({ at, monotonic: clock.monotonic(), wall: clock.now() })
  let written = mark(last)
  let issuer: Mark | null = null
  let lastIssued = 0

  const since = ({ at, monotonic }: Mark) =>
    at + Math.max(0, Math.floor(clock.monotonic() - monotonic))

  function now(): number {
    if (!issuer || !isUnderIssuer()) return Math.max(clock.now(), since(written))
    // While the machine slept, only its wall clock advanced.
    return Math.max(since(issuer), issuer.at + clock.now() - issuer.wall)
  }

  return {
    now,
    stamp: (at = now()) => Math.max(at, since(written)),
    wrote(at) {
      written = mark(at)
    },
    heard(at) {
      issuer = mark(isAhead(lastIssued, at) ? lastIssued : at)
    },
    issued(at) {
      lastIssued = Math.max(lastIssued, at)
      if (issuer && isAhead(at, now())) issuer = mark(at)
    },
  }
}

const isAhead = (at: number, of: number) => at > of && at - of <= CLOCKS_APART_MS
