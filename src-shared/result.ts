/** Errors as data. Nothing the product expects to go wrong is thrown across a boundary. */

export interface HostError {
  /** Stable, snake_case; what code decides by. */
  readonly code: string
  /** A sentence for the person: what happened and what they can do. */
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

export type Result<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: HostError }

export function success<T>(data: T): Result<T> {
  return { ok: true, data }
}

export function failure(
  code: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): { readonly ok: false; readonly error: HostError } {
  return { ok: false, error: details ? { code, message, details } : { code, message } }
}
