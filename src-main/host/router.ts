/** From a call's name and input, as any page may have sent them, to the handler that answers. */

import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { calls, MAX_CALL_BYTES } from '#shared/host/calls.ts'
import type { CallName, CallOutput, CallParsed } from '#shared/host/calls.ts'
import { failure } from '#shared/result.ts'
import type { HostError, Result } from '#shared/result.ts'
import type { Log } from '#shared/ports/log.ts'
import { measurePlainData } from './plain-data.ts'

/** One handler for every call of the contract: a missing one does not compile. */
export type Handlers = {
  readonly [Name in CallName]: (
    input: CallParsed<Name>,
  ) => Result<CallOutput<Name>> | Promise<Result<CallOutput<Name>>>
}

export interface Router {
  /**
   * Answers one call and never rejects. Its own codes: `unknown_call`, `too_large`,
   * `invalid_input` (details: the paths) and `internal_error` (details: the reference in the log).
   */
  dispatch(name: unknown, input: unknown): Promise<Result<unknown>>
}

export interface RouterPorts {
  readonly log: Log
  /** Makes the reference of an internal error, in the answer and in the log. */
  readonly newReference?: () => string
}

export function createRouter(handlers: Handlers, ports: RouterPorts): Router {
  const newReference = ports.newReference ?? (() => randomBytes(4).toString('hex'))

  async function handle(name: CallName, input: unknown): Promise<Result<unknown>> {
    try {
      // The schema of this very name made the input, which the compiler cannot follow.
      return await handlers[name](input as never)
    } catch (error) {
      const reference = newReference()
      ports.log.error('A call failed inside the host', { call: name, reference, error })
      return failure(
        'internal_error',
        `Something went wrong inside Tallystick. Try again; if it happens again, the log says more under ${reference}.`,
        { reference },
      )
    }
  }

  return {
    async dispatch(name, input) {
      if (!isCallName(name)) {
        return failure(
          'unknown_call',
          'This window asked for something Tallystick does not know. Reload it.',
        )
      }
      const refusal = refuseSize(input)
      if (refusal) return refusal
      const parsed = calls[name].input.safeParse(input)
      return parsed.success ? handle(name, parsed.data) : invalidInput(parsed.error)
    },
  }
}

function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(calls, name)
}

type Refusal = { readonly ok: false; readonly error: HostError }

function refuseSize(input: unknown): Refusal | null {
  switch (measurePlainData(input, MAX_CALL_BYTES).kind) {
    case 'fits':
      return null
    case 'too_large':
      return failure(
        'too_large',
        'That is more than Tallystick accepts at once. Make it shorter.',
        {
          maximumBytes: MAX_CALL_BYTES,
        },
      )
    case 'not_plain':
      return failure('invalid_input', 'The input is not plain data.', { problems: [] })
  }
}

/** Says where and what is wrong, never with the value: it may be a key or a prompt. */
function invalidInput(error: z.ZodError): Refusal {
  const problems = error.issues.slice(0, 10).map((issue) => ({
    path: issue.path.map(String).join('.'),
    problem: issue.message,
  }))
  const [first] = problems
  const where = first?.path ? ` at “${first.path}”` : ''
  return failure('invalid_input', `The input is not valid${where}: ${first?.problem ?? ''}`, {
    problems,
  })
}
