/** Asking Stripe: its errors as data. */

import Stripe from 'stripe'
import type { Log } from '#shared/ports/log.ts'
import { failure, type HostError, type Result, success } from '#shared/result.ts'

export type Ask = <T>(what: string, work: () => Promise<T>) => Promise<Result<T>>

/** What was never answered may have happened: it is asked for again. */
export function createAsk(log: Log): Ask {
  return async <T>(what: string, work: () => Promise<T>): Promise<Result<T>> => {
    try {
      return success(await work())
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error
      const code = failureCode(error)
      log.warn('Stripe did not do what it was asked', {
        what,
        code,
        type: error.type,
        id: error.requestId,
      })
      return failure(code, MESSAGES[code] ?? 'The payment processor refused this.', {
        reason: error.code ?? error.type,
      })
    }
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  processor_unreachable: 'The payment processor cannot be reached. Try again in a moment.',
  processor_refused: 'The payment processor refused this.',
  processor_not_set_up: 'Payments are not set up right on the server. Tell whoever runs it.',
}

function failureCode(error: InstanceType<typeof Stripe.errors.StripeError>): string {
  if (error instanceof Stripe.errors.StripeAuthenticationError) return 'processor_not_set_up'
  if (error instanceof Stripe.errors.StripePermissionError) return 'processor_not_set_up'
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return 'processor_refused'
  return 'processor_unreachable'
}

/** It went back before. */
export const isDone = ({ details }: HostError) => details?.['reason'] === 'charge_already_refunded'
