/** From a call's name, token and body to its answer. Never rejects. */

import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { Log } from '#shared/ports/log.ts'
import { failure, type HostError, type Result } from '#shared/result.ts'
import { API_ERRORS } from '#shared/team/api-errors.ts'
import { OPEN_CALLS, type OpenCallName, teamCalls } from '#shared/team/api.ts'
import { type BuyingCallName, buyingCalls } from '#shared/team/buying.ts'
import type { DeviceStanding } from '#shared/team/members.ts'
import { type ServerCallName, serverCalls } from '#shared/team/server-calls.ts'
import type { BuyingHandlers } from '../sales/handlers.ts'
import type { Teams } from '../teams/service.ts'
import { deviceClosed, sessionInvalid } from '../teams/sessions.ts'
import type { RateLimit } from './rate-limit.ts'

export interface Request {
  readonly name: ServerCallName
  /** Null when there was none. */
  readonly token: string | null
  readonly body: unknown
}

export interface Answer {
  readonly result: Result<unknown>
  /** Who it was, once known: for the log. */
  readonly deviceId: string | null
}

export interface CallDeps {
  readonly teams: Teams
  readonly buying: BuyingHandlers
  readonly log: Log
  readonly devices: RateLimit
}

export type Answerer = (request: Request) => Promise<Answer>

export function createAnswerer({ teams, buying, log, devices }: CallDeps): Answerer {
  async function answerSession(
    name: Exclude<ServerCallName, OpenCallName>,
    request: Request,
  ): Promise<Answer> {
    const { token } = request
    const found = token === null ? sessionInvalid() : await teams.sessions.identify(token)
    if (!found.ok || token === null) return { result: found, deviceId: null }
    const { deviceId, standing } = found.data
    const wait = devices.take(deviceId)
    if (wait > 0) return { result: tooManyRequests(wait), deviceId }
    if (standing !== 'active' && !isAskedAgain(standing, name)) {
      return { result: deviceClosed(), deviceId }
    }
    const parsed = serverCalls[name].input.safeParse(request.body)
    if (!parsed.success) return { result: invalidInput(parsed.error), deviceId }
    // The schema of this very name made the input, which the compiler cannot follow.
    const input = parsed.data as never
    const result = isBuying(name)
      ? await buying[name](input, found.data)
      : await teams.withSession[name](input, { identity: found.data, token })
    return { result, deviceId }
  }

  async function answerOpen(name: OpenCallName, request: Request): Promise<Answer> {
    const parsed = teamCalls[name].input.safeParse(request.body)
    if (!parsed.success) return { result: invalidInput(parsed.error), deviceId: null }
    return { result: await teams.open[name](parsed.data as never), deviceId: null }
  }

  return async (request) => {
    const { name } = request
    try {
      return await (isOpen(name) ? answerOpen(name, request) : answerSession(name, request))
    } catch (error) {
      return { result: internalError(log, name, error), deviceId: null }
    }
  }
}

/** The answer to its leaving was lost. */
function isAskedAgain(standing: DeviceStanding, name: ServerCallName): boolean {
  return standing === 'left' && (name === 'team.leave' || name === 'team.dissolve')
}

function isBuying(name: ServerCallName): name is BuyingCallName {
  return Object.hasOwn(buyingCalls, name)
}

export function isOpen(name: ServerCallName): name is OpenCallName {
  return (OPEN_CALLS as readonly string[]).includes(name)
}

/** The answer to an internal error; the log has the rest. */
export function internalError(log: Log, call: string, error: unknown) {
  const reference = randomBytes(4).toString('hex')
  log.error('A call failed inside the server', { call, reference, error })
  return failure(
    'internal_error',
    `Something went wrong in the server. Try again; if it happens again, its log says more under ${reference}.`,
    { reference },
  )
}

export function tooManyRequests(waitMs: number) {
  return failure('too_many_requests', 'That was too much at once. Wait a moment and try again.', {
    retryAfterMs: waitMs,
  })
}

/** Says where and what is wrong, without the value, which may be a credential. */
function invalidInput(error: z.ZodError) {
  const problems = error.issues.slice(0, 10).map((issue) => ({
    path: issue.path.map(String).join('.'),
    problem: issue.message,
  }))
  return failure('invalid_input', 'The server did not understand this.', { problems })
}

/** The HTTP status of an answer. What a rule refuses is a conflict with the current state. */
export function statusOf(error: HostError): number {
  return Object.hasOwn(API_ERRORS, error.code)
    ? API_ERRORS[error.code as keyof typeof API_ERRORS]
    : 409
}
