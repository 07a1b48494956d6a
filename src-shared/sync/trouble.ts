/**
 * What can go wrong between a device and its server: the word for it on the wire, what a person is
 * told, and what the device does next. A refused message changes nothing.
 */

/** What the device does next: connects again as usual, rarely, after enrolling anew, or not at all. */
export type Next = 'soon' | 'rarely' | 'enrol' | 'never'
/** What helps: `wait` needs nothing of the person, `join` a new invite, `update` a newer app. */
export type Remedy = 'wait' | 'retry' | 'join' | 'update' | 'check-clock' | 'ask-admin'

interface Trouble {
  readonly message: string
  /** Ends the connection. */
  readonly fatal: boolean
  readonly next: Next
  readonly remedy: Remedy
}

const AGAIN = { fatal: true, next: 'soon', remedy: 'wait' } as const
const REFUSED = { fatal: false, next: 'soon', remedy: 'ask-admin' } as const
const OUT = { fatal: true, next: 'never', remedy: 'join' } as const

export const TROUBLES = {
  frame_too_large: { ...AGAIN, message: 'A message was larger than the other side accepts.' },
  frame_malformed: { ...AGAIN, message: 'A message could not be read.' },
  message_unknown: {
    ...REFUSED,
    message: 'A message was of a kind that the other side does not know.',
  },
  message_unexpected: { ...AGAIN, message: 'A message came before the greeting, or twice.' },
  protocol_too_old: {
    fatal: true,
    next: 'rarely',
    remedy: 'update',
    message:
      'This version of Tallystick is too old for the server. Update it; until then it goes on working offline with the credits it holds.',
  },
  server_too_old: {
    fatal: true,
    next: 'rarely',
    remedy: 'ask-admin',
    message:
      'The server is too old for this version of Tallystick. It needs an update; until then this machine goes on working offline.',
  },
  session_expired: { ...AGAIN, message: 'The session has ended; this machine signs in again.' },
  session_refused: {
    fatal: true,
    next: 'rarely',
    remedy: 'ask-admin',
    message: 'The server does not accept this machine’s sign-in. Ask an owner of the team.',
  },
  device_revoked: {
    ...OUT,
    message: 'This machine was removed from the team. Its usage so far is kept.',
  },
  device_lost: {
    ...OUT,
    message:
      'This machine was reported lost. If it is back with you, join the team again with a new invite.',
  },
  device_left: { ...OUT, message: 'This machine has left the team.' },
  device_copied: {
    fatal: true,
    next: 'enrol',
    remedy: 'wait',
    message:
      'This machine continues from a copy or a restored backup of another one. Nothing is lost; it gets an identity of its own.',
  },
  signature_invalid: {
    ...AGAIN,
    next: 'rarely',
    remedy: 'ask-admin',
    message: 'A signature does not match this machine’s key.',
  },
  record_invalid: {
    ...REFUSED,
    message: 'The server cannot accept a usage record of this machine. It is kept here.',
  },
  draws_exceed_lease: {
    ...REFUSED,
    message:
      'Usage of this machine goes beyond the credits it was given, so the server did not accept it. It is kept here.',
  },
  draws_not_valid: {
    ...REFUSED,
    message: 'A usage record of this machine does not add up. It is kept here.',
  },
  document_forbidden: {
    ...REFUSED,
    message: 'This machine may not change that document.',
  },
  document_invalid: {
    ...REFUSED,
    message: 'A change to a shared document could not be accepted.',
  },
  name_refused: {
    ...REFUSED,
    message: 'The team did not take a name that was given on this machine, so it is as before.',
  },
  segment_invalid: {
    ...REFUSED,
    message: 'A piece of history does not match its name.',
  },
  lease_refused: { ...REFUSED, message: 'The server could not give this machine credits.' },
  lease_invalid: {
    ...AGAIN,
    next: 'rarely',
    remedy: 'ask-admin',
    message:
      'What the server says this machine may spend is not signed by it, or does not fit what is here, so it was not taken up.',
  },
  entries_invalid: {
    ...AGAIN,
    next: 'rarely',
    remedy: 'ask-admin',
    message: 'What the server says about the team’s credits could not be taken in.',
  },
  rate_limited: {
    ...AGAIN,
    message: 'This machine sent too much at once; it goes on in a moment.',
  },
  too_slow: { ...AGAIN, message: 'The connection is too slow for what there is to send.' },
  server_closing: { ...AGAIN, message: 'The server is restarting.' },
  server_trouble: { ...AGAIN, message: 'The server has a problem; this machine tries again.' },
  unreachable: { ...AGAIN, message: 'The server cannot be reached.' },
  stalled: { ...AGAIN, message: 'The server did not answer.' },
} as const satisfies Record<string, Trouble>

export type TroubleCode = keyof typeof TROUBLES

/** What a code means here; one that is not known here, as a newer server's, is like `otherwise`. */
export function troubleOf(
  code: string,
  otherwise: TroubleCode = 'server_trouble',
): Trouble & { readonly code: TroubleCode } {
  const known = Object.hasOwn(TROUBLES, code) ? (code as TroubleCode) : otherwise
  return { code: known, ...TROUBLES[known] }
}
