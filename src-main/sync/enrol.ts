/** Enrols with a server; asking again with the same enrolment gives the same answer. */

import { failure, type Result } from '#shared/result.ts'
import type { Enrolment, TeamCallInput } from '#shared/team/api.ts'
import { prove } from './sign-in.ts'
import type { ServerApi } from './server-api.ts'
import type { TeamFile } from './team-file.ts'
import type { TeamKey } from './team-key.ts'

export interface Machine {
  readonly platform: string
  readonly appVersion: string
}

/** Whether a failure leaves the outcome of the call unknown, so that it must be asked again. */
export const isUndecided = (code: string) => UNDECIDED.has(code)
const UNDECIDED: ReadonlySet<string> = new Set([
  'server_unreachable',
  'server_malformed',
  'server_answer_too_large',
  'server_closing',
  'store_unavailable',
  'internal_error',
  'too_many_requests',
])

/** Fails as the server's calls do; with `server_not_asked` when it was not even reached. */
export async function enrol(
  api: ServerApi,
  key: TeamKey,
  asked: TeamFile['enrolment'],
  { platform, appVersion }: Machine,
): Promise<Result<Enrolment>> {
  const { enrolmentId, code, teamName, memberName, deviceName, handover } = asked
  const name = code === null ? 'team.create' : 'team.join'
  const proof = await prove(api, key, name)
  if (!proof.ok) {
    const { error } = proof
    return isUndecided(error.code) ? failure('server_not_asked', error.message) : proof
  }
  const common = {
    enrolmentId,
    proof: proof.data,
    memberName,
    machine: { name: deviceName, platform, appVersion },
    // The same shape; the schema's input type is only not readonly.
    handover: handover as TeamCallInput<'team.join'>['handover'],
  }
  return code === null
    ? api.call('team.create', { ...common, teamName }, null)
    : api.call('team.join', { ...common, code }, null)
}
