/**
 * Calls to a team's server over HTTP (`src-shared/team/server-calls.ts`). The answer is bounded in size and
 * time, and only https is spoken, but for a server on this very machine.
 */

import { z } from 'zod'
import type { Timers } from '#shared/ports/time.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type {
  ServerCallInput,
  ServerCallName,
  ServerCallOutput,
} from '#shared/team/server-calls.ts'

export interface ServerApi {
  /** `https://team.example`, without a path. */
  readonly address: string
  /**
   * Fails as the call does, or with `server_unreachable`, `server_malformed` when what answered is
   * no Tallystick server, or `server_answer_too_large`. `token`: of a session, where one is needed.
   */
  call<Name extends ServerCallName>(
    name: Name,
    input: ServerCallInput<Name>,
    token: string | null,
  ): Promise<Result<ServerCallOutput<Name>>>
}

export interface ServerApiPorts {
  readonly fetch: typeof globalThis.fetch
  readonly timers: Timers
}

const ANSWERS_WITHIN_MS = 20_000
const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const answerSchema = z.union([
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      code: z.string().max(100),
      message: z.string().max(2_000),
      details: z.record(z.string(), z.unknown()).exactOptional(),
    }),
  }),
])

/** A server's address as it is kept. Fails with `server_address_wrong` or `server_not_secure`. */
export function readAddress(text: string): Result<string> {
  if (!URL.canParse(text)) return wrongAddress()
  const { protocol, hostname, origin, username } = new URL(text)
  if (username !== '' || (protocol !== 'https:' && protocol !== 'http:')) return wrongAddress()
  if (protocol === 'https:' || LOOPBACK.includes(hostname)) return success(origin)
  return failure(
    'server_not_secure',
    'The connection to this server would not be private. Its address must begin with https://.',
  )
}

function wrongAddress() {
  return failure(
    'server_address_wrong',
    'This is not the address of a server, such as https://team.example.',
  )
}

export function createServerApi(address: string, { fetch, timers }: ServerApiPorts): ServerApi {
  async function ask(name: string, input: unknown, token: string | null): Promise<Result<unknown>> {
    const aborted = new AbortController()
    const cancel = timers.after(ANSWERS_WITHIN_MS, () => aborted.abort())
    try {
      const response = await fetch(`${address}/v1/${name}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(input),
        redirect: 'error',
        signal: aborted.signal,
      })
      return read(await readBounded(response))
    } catch {
      return unreachable()
    } finally {
      cancel()
    }
  }

  return {
    address,
    // What the server answers has the contract's shape; the rules check what is taken up of it.
    call: (name, input, token) => ask(name, input, token) as never,
  }
}

/** The body as text; null when there is more of it than is taken. */
async function readBounded({ body }: Response): Promise<string | null> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  if (!body) return ''
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    if (bytes > MAX_ANSWER_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function read(text: string | null): Result<unknown> {
  if (text === null) {
    return failure(
      'server_answer_too_large',
      'The server’s answer was too large. Update Tallystick, or ask whoever runs the server.',
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return malformed()
  }
  const answer = answerSchema.safeParse(json)
  if (!answer.success) return malformed()
  return answer.data.ok ? success(answer.data.data) : { ok: false, error: answer.data.error }
}

function unreachable() {
  return failure(
    'server_unreachable',
    'The team’s server cannot be reached. Everything else goes on; try again when you are online.',
  )
}

function malformed() {
  return failure(
    'server_malformed',
    'What answers at this address is no Tallystick server. Check the address.',
  )
}
