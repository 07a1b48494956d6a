/**
 * The two times of a ledger (design: leases). What is written follows the last entry in time, always.
 * What may be spent now goes by the issuer's time where that was heard: a wall clock that was once
 * wrong, ahead or behind, is forgotten then.
 */

import type { Clock } from '#shared/ports/time.ts'

export interface LedgerClock {
  /** By which it is decided what may be spent, epoch milliseconds. */
  now(): number
  /** When something that is written at `at` is written: never before what was. */
  stamp(at?: number): number
  /** An entry was written. */
  wrote(at: number): void
  /** The issuer says that it is `at`. Forgotten with the process. */
  heard(at: number): void
  /**
   * The issuer wrote something at `at`: it is no earlier there, whatever was heard. A message takes its
   * time, and clocks of an issuer's processes differ; what was written is in force all the same.
   */
  issued(at: number): void
}

/** So far apart clocks of one issuer may be; beyond it one of them is wrong, and what it says counts. */
const CLOCKS_APART_MS = 60_000

/** A moment, and what this machine's clocks said then. */
interface Mark {
  readonly at: number
  readonly monotonic: number
  readonly wall: number
}

/** `last`: of the last entry. `isUnderIssuer`: whose time counts is another's. */
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
    // While the machine slept only its wall clock went on.
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
