/** How this machine proves to its server which one it is, and the session that it gets for that. */

import type { Issuer } from '#shared/journal/lease-facts.ts'
import type { Clock } from '#shared/ports/time.ts'
import { type Result, success } from '#shared/result.ts'
import type { Session } from '#shared/team/api.ts'
import { type Proof, proofText } from '#shared/team/keys.ts'
import type { ServerApi } from './server-api.ts'
import type { TeamKey } from './team-key.ts'

/** Proves a key for one call, with a fresh challenge. Fails as asking for that does. */
export async function prove(api: ServerApi, key: TeamKey, call: string): Promise<Result<Proof>> {
  const { publicKey } = key
  const asked = await api.call('challenge', { publicKey }, null)
  if (!asked.ok) return asked
  const { challenge } = asked.data
  const { address } = api
  const text = proofText(call, { publicKey, challenge, address })
  const signature = Buffer.from(key.sign(text)).toString('base64url')
  return success({ publicKey, challenge, address, signature })
}

export interface SignIn {
  /** A token that is good for some minutes yet. Fails as the server's `session.open` does. */
  token(): Promise<Result<string>>
  /** The server no longer takes the last one. */
  forget(): void
}

export interface SignInDeps {
  readonly api: ServerApi
  readonly key: TeamKey
  readonly issuer: Issuer
  readonly appVersion: string
  readonly clock: Pick<Clock, 'monotonic'>
  /** Of the enrolment just made, if it was. */
  readonly session: Session | null
}

/** Sessions last longer; by this machine's clock alone, which may be wrong about the time of day. */
const GOOD_FOR_MS = 30 * 60_000

export function createSignIn(deps: SignInDeps): SignIn {
  const { api, key, issuer, appVersion, clock } = deps
  let kept = deps.session && { token: deps.session.token, since: clock.monotonic() }
  let asking: Promise<Result<string>> | null = null

  async function open(): Promise<Result<string>> {
    const proof = await prove(api, key, 'session.open')
    if (!proof.ok) return proof
    const { accountId, deviceId } = issuer
    const input = { accountId, deviceId, proof: proof.data, appVersion }
    const opened = await api.call('session.open', input, null)
    if (!opened.ok) return opened
    kept = { token: opened.data.token, since: clock.monotonic() }
    return success(kept.token)
  }

  return {
    token() {
      if (kept && clock.monotonic() - kept.since < GOOD_FOR_MS) {
        return Promise.resolve(success(kept.token))
      }
      asking ??= open().finally(() => {
        asking = null
      })
      return asking
    },
    forget() {
      kept = null
    },
  }
}
