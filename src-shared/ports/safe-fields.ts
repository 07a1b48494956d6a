/**
 * What a log may hold: no key, no token, no code that lets somebody in, no prompt and no reply.
 * Fields that could are replaced before they are written.
 */

type LogFields = Readonly<Record<string, unknown>>

const PRIVATE_NAME =
  /(key|token|secret|password|authorization|cookie|prompt|text|content|messages|input|body)$/i
const PRIVATE_VALUE = /\b(bearer\s+|sk-|token=|session_)[\w.~+/=-]+/gi
/** The password in an address such as `postgres://user:password@host`. */
const PRIVATE_ADDRESS = /(:\/\/[^\s:/@]*:)[^\s@/]+@/g
/** An invite's code (team/invite-code.ts). */
const INVITE_CODE = /\b(?:[\dA-HJKMNP-TV-Z]{4}-){4}[\dA-HJKMNP-TV-Z]{4}\b/g
const MAXIMUM_DEPTH = 6
const MAXIMUM_STRING = 4_000

/** The fields with what is private replaced and what is huge cut. */
export function safeFields(fields: LogFields): Record<string, unknown> {
  return safeObject(fields, 0)
}

function safeObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      PRIVATE_NAME.test(name) ? '[removed]' : safeValue(inner, depth + 1),
    ]),
  )
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAXIMUM_DEPTH) return '[deep]'
  if (value instanceof Error) return safeError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, 50).map((inner) => safeValue(inner, depth + 1))
  return safeObject(value, depth)
}

function safeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error ? error.code : undefined
  return {
    name: error.name,
    message: safeText(error.message),
    ...(code === undefined ? {} : { code: safeValue(code, depth + 1) }),
    ...(error.stack === undefined ? {} : { stack: safeText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: safeValue(error.cause, depth + 1) }),
  }
}

function safeText(value: string): string {
  const cut = value.length > MAXIMUM_STRING ? `${value.slice(0, MAXIMUM_STRING)}…` : value
  return cut
    .replaceAll(PRIVATE_VALUE, '$1[removed]')
    .replaceAll(PRIVATE_ADDRESS, '$1[removed]@')
    .replaceAll(INVITE_CODE, '[removed]')
}
