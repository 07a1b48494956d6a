/** Machines that speak to a server over real HTTP, as any program could. */

import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { Result } from '#shared/result.ts'
import type { Enrolment, Session } from '#shared/team/api.ts'
import type {
  ServerCallInput,
  ServerCallName,
  ServerCallOutput,
} from '#shared/team/server-calls.ts'
import type { Role } from '#shared/team/members.ts'
import { type Proof, proofText } from '#shared/team/keys.ts'

export interface Answer<T> {
  readonly status: number
  readonly result: Result<T>
}

/** What went wrong, or `ok`. */
export const codeOf = ({ result }: Pick<Answer<unknown>, 'result'>): string =>
  result.ok ? 'ok' : result.error.code

/** Asks a server as any program could. */
export async function post(
  address: string,
  name: string,
  body: unknown,
  token: string | null = null,
): Promise<Answer<never>> {
  const response = await fetch(`${address}/v1/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, result: (await response.json()) as Result<never> }
}

/** A machine with a key of its own. */
export interface TestMachine {
  readonly key: KeyObject
  readonly publicKey: string
  readonly enrolment: Enrolment
  call<Name extends ServerCallName>(
    name: Name,
    input: ServerCallInput<Name>,
    server?: string,
  ): Promise<Answer<ServerCallOutput<Name>>>
  /** A call that must work. */
  must<Name extends ServerCallName>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<ServerCallOutput<Name>>
}

export function newKey(): { readonly key: KeyObject; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { key: privateKey, publicKey: publicKey.export({ format: 'jwk' }).x! }
}

export function signProof(call: string, key: KeyObject, unsigned: Omit<Proof, 'signature'>): Proof {
  const signature = sign(null, Buffer.from(proofText(call, unsigned)), key).toString('base64url')
  return { ...unsigned, signature }
}

/** Takes a fresh challenge and signs it. */
export async function prove(
  address: string,
  call: string,
  { key, publicKey }: { readonly key: KeyObject; readonly publicKey: string },
): Promise<Proof> {
  const { result } = await post(address, 'challenge', { publicKey })
  if (!result.ok) throw new Error(result.error.message)
  const { challenge } = result.data as { challenge: string }
  return signProof(call, key, { publicKey, challenge, address })
}

export const aMachine = { name: 'Laptop', platform: 'linux', appVersion: '1.0.0' }

function machineAt(
  address: string,
  keys: { readonly key: KeyObject; readonly publicKey: string },
  enrolment: Enrolment,
): TestMachine {
  const call: TestMachine['call'] = (name, input, server = address) =>
    post(server, name, input, enrolment.session.token)
  return {
    ...keys,
    enrolment,
    call,
    async must(name, input) {
      const { result } = await call(name, input)
      if (!result.ok) throw new Error(`${name}: ${result.error.code}`)
      return result.data
    },
  }
}

/** A new team; its owner's machine. */
export async function createTeam(address: string, memberName = 'Ada'): Promise<TestMachine> {
  const keys = newKey()
  const { result } = await post(address, 'team.create', {
    enrolmentId: randomUUID(),
    proof: await prove(address, 'team.create', keys),
    teamName: 'Analytical Engines',
    memberName,
    machine: aMachine,
    handover: null,
  })
  if (!result.ok) throw new Error((result as { error: { code: string } }).error.code)
  return machineAt(address, keys, result.data)
}

export async function joinWith(
  address: string,
  code: string,
  memberName = 'Grace',
): Promise<Answer<Enrolment> & { readonly machine: TestMachine | null }> {
  const keys = newKey()
  const answer = await post(address, 'team.join', {
    enrolmentId: randomUUID(),
    proof: await prove(address, 'team.join', keys),
    code,
    memberName,
    machine: { ...aMachine, name: `${memberName}’s laptop` },
    handover: null,
  })
  const { result } = answer as Answer<Enrolment>
  return { ...answer, machine: result.ok ? machineAt(address, keys, result.data) : null }
}

/** Invites somebody, who joins; their machine. */
export async function invite(
  address: string,
  host: TestMachine,
  role: Role,
  memberName: string = role,
): Promise<TestMachine> {
  const { code } = await host.must('invite.create', {
    inviteId: randomUUID(),
    for: { kind: 'person', role },
    days: 7,
    maximumUses: 1,
  })
  const { machine, result } = await joinWith(address, code, memberName)
  if (!machine) throw new Error(result.ok ? '' : result.error.code)
  return machine
}

/** Another machine of the same person. */
export async function addMachine(address: string, host: TestMachine): Promise<TestMachine> {
  const { code } = await host.must('invite.create', {
    inviteId: randomUUID(),
    for: { kind: 'machine' },
    days: 1,
    maximumUses: 1,
  })
  const { machine, result } = await joinWith(address, code)
  if (!machine) throw new Error(result.ok ? '' : result.error.code)
  return machine
}

export async function openSession(
  address: string,
  machine: TestMachine,
): Promise<Answer<Session & { readonly standing: string }>> {
  const { accountId, deviceId } = machine.enrolment.issuer
  return post(address, 'session.open', {
    accountId,
    deviceId,
    proof: await prove(address, 'session.open', machine),
    appVersion: '1.0.1',
  })
}
