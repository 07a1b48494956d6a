import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TeamCallInput } from '#shared/team/api.ts'
import { proofText } from '#shared/team/keys.ts'
import {
  aMachine,
  addMachine,
  createTeam,
  invite,
  joinWith,
  newKey,
  openSession,
  post,
  prove,
  signProof,
  type TestMachine,
  codeOf,
} from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { createManualTime, type ManualTime } from '../../support/manual-time.ts'
import { onEachEngine } from '../../support/stores.ts'

const DAY = 86_400_000
onEachEngine((place) => {
  let time: ManualTime
  let server: TestServer
  let other: TestServer
  beforeEach(async () => {
    time = createManualTime()
    const url = await place.fresh()
    server = await startTestServer(url, { time })
    other = await startTestServer(url, { time })
  })
  afterEach(async () => {
    await server.close()
    await other.close()
  })

  const count = async (table: string) => {
    const [row] = await server.database.query<{ count: number }>(
      `SELECT COUNT(*) AS count FROM ${table}`,
    )
    return row!.count
  }

  async function creation(keys = newKey(), address = server.address) {
    return {
      enrolmentId: randomUUID(),
      proof: await prove(address, 'team.create', keys),
      teamName: 'Engines',
      memberName: 'Ada',
      machine: aMachine,
      handover: null,
    } satisfies TeamCallInput<'team.create'>
  }

  const newCode = async (host: TestMachine, more: Partial<TeamCallInput<'invite.create'>> = {}) =>
    host.must('invite.create', {
      inviteId: randomUUID(),
      for: { kind: 'person', role: 'member' },
      days: 7,
      maximumUses: 1,
      ...more,
    })

  describe('a new team', () => {
    it('has its founder as owner and the machine as its first', async () => {
      const ada = await createTeam(server.address)
      const team = await ada.must('team.read', {})
      expect(team).toMatchObject({
        account: { name: 'Analytical Engines' },
        me: { role: 'owner' },
        members: [{ name: 'Ada', role: 'owner', leftAt: null }],
        devices: [{ name: 'Laptop', standing: 'active', appVersion: '1.0.0', connected: false }],
        invites: [],
      })
      const { accountId, memberId, deviceId } = ada.enrolment.issuer
      expect([team.account.id, team.me.memberId, team.me.deviceId]).toEqual([
        accountId,
        memberId,
        deviceId,
      ])
      expect(team.pool.available).toBeGreaterThan(0)
    })

    it('is made once, however often the same call arrives, at whichever server', async () => {
      const keys = newKey()
      const input = await creation(keys)
      const first = await post(server.address, 'team.create', input)
      const again = { ...input, proof: await prove(other.address, 'team.create', keys) }
      const second = await post(other.address, 'team.create', again)
      expect([first.status, second.status]).toEqual([200, 200])
      expect((second.result as never as { data: { issuer: unknown } }).data.issuer).toEqual(
        (first.result as never as { data: { issuer: unknown } }).data.issuer,
      )
      expect(await count('account')).toBe(1)
    })

    it('is made once when two servers are asked at the same time', async () => {
      const keys = newKey()
      const input = await creation(keys)
      const twin = { ...input, proof: await prove(other.address, 'team.create', keys) }
      const answers = await Promise.all([
        post(server.address, 'team.create', input),
        post(other.address, 'team.create', twin),
      ])
      expect(answers.map(codeOf)).toContain('ok')
      expect(await count('account')).toBe(1)
      expect(await count('device')).toBe(1)
    })

    it('is not made with a key that is enrolled', async () => {
      const keys = newKey()
      await post(server.address, 'team.create', await creation(keys))
      const second = await post(server.address, 'team.create', await creation(keys))
      expect([second.status, codeOf(second)]).toEqual([409, 'device_enrolled'])
      expect(await count('account')).toBe(1)
    })
  })

  describe('a proof', () => {
    const refused = async (input: unknown, address = server.address) => {
      const before = await count('account')
      const answer = await post(address, 'team.create', input)
      expect(await count('account')).toBe(before)
      const code = codeOf(answer)
      const metric = `tallystick_requests_total{call="team.create",code="${code}"}`
      expect(await server.metric(metric)).toBe(1)
      return [answer.status, code]
    }

    it('is refused with a forged signature', async () => {
      const input = await creation()
      const forged = signProof('team.create', newKey().key, input.proof)
      expect(await refused({ ...input, proof: forged })).toEqual([401, 'signature_invalid'])
    })

    it('is refused for a call that it was not made for', async () => {
      const keys = newKey()
      const input = await creation(keys)
      const proof = await prove(server.address, 'team.join', keys)
      expect(await refused({ ...input, proof })).toEqual([401, 'signature_invalid'])
    })

    it('is good once, at all servers together', async () => {
      const input = await creation()
      const first = await post(other.address, 'team.create', input)
      expect(codeOf(first)).toBe('ok')
      expect(await refused(input)).toEqual([401, 'challenge_invalid'])
    })

    it('is good for a short while', async () => {
      const input = await creation()
      await time.advance(121_000)
      expect(await refused(input)).toEqual([401, 'challenge_invalid'])
    })

    it('is refused when the challenge was another key’s, changed, or made up', async () => {
      const [keys, thief] = [newKey(), newKey()]
      const { proof } = await creation(keys)
      const input = await creation(thief)
      const sign = (challenge: string) => ({
        ...input,
        proof: signProof('team.create', thief.key, { ...input.proof, challenge }),
      })
      const later = input.proof.challenge.replace(/^\d+/, (end) => String(Number(end) + 60_000))
      for (const challenge of [proof.challenge, later, 'made-up', '1.2.3', '9'.repeat(290)]) {
        const answer = await post(server.address, 'team.create', sign(challenge))
        expect([answer.status, codeOf(answer)]).toEqual([401, 'challenge_invalid'])
      }
      expect(await count('account')).toBe(0)
    })

    it('is refused when it was made for another address', async () => {
      const keys = newKey()
      const input = await creation(keys)
      const address = 'https://evil.example'
      const elsewhere = signProof('team.create', keys.key, { ...input.proof, address })
      expect(await refused({ ...input, proof: elsewhere })).toEqual([401, 'wrong_address'])
      const relayed = { ...elsewhere, address: server.address }
      expect(proofText('team.create', relayed)).not.toBe(proofText('team.create', elsewhere))
      expect(await refused({ ...input, proof: relayed })).toEqual([401, 'signature_invalid'])
    })

    it('is refused with a key that is no key', async () => {
      const input = await creation()
      const proof = { ...input.proof, publicKey: 'A'.repeat(43) }
      const answer = await post(server.address, 'team.create', { ...input, proof })
      expect(answer.status).toBe(401)
      expect(await count('account')).toBe(0)
    })
  })

  describe('an invite', () => {
    it('brings a new person in, at whichever server, with the role it was made for', async () => {
      const ada = await createTeam(server.address)
      const { code, invite: made } = await newCode(ada, { for: { kind: 'person', role: 'admin' } })
      expect(made).toMatchObject({ role: 'admin', memberId: null, uses: 0, maximumUses: 1 })
      const { machine } = await joinWith(other.address, code.toLowerCase().replaceAll('-', ' '))
      const team = await machine!.must('team.read', {})
      expect(team.me.role).toBe('admin')
      expect(team.members.map(({ name }) => name)).toEqual(['Ada', 'Grace'])
      expect(team.invites).toMatchObject([{ uses: 1 }])
    })

    it('brings another machine of the same person', async () => {
      const ada = await createTeam(server.address)
      const grace = await invite(server.address, ada, 'member', 'Grace')
      const second = await addMachine(other.address, grace)
      const team = await second.must('team.read', {})
      expect(team.members).toHaveLength(2)
      expect(team.me.memberId).toBe(grace.enrolment.issuer.memberId)
      expect(team.me.role).toBe('member')
      expect(team.devices).toHaveLength(3)
    })

    it('is not kept itself, only a hash of it', async () => {
      const ada = await createTeam(server.address)
      const { code } = await newCode(ada)
      const rows = [
        await server.database.query('SELECT * FROM invite'),
        await server.database.query('SELECT * FROM directory'),
        await server.database.query('SELECT * FROM session'),
      ]
      const kept = JSON.stringify(rows)
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(ada.enrolment.session.token.slice(-43))
    })

    it('is shown again to whoever asks the same again, and made once', async () => {
      const ada = await createTeam(server.address)
      const inviteId = randomUUID()
      const first = await newCode(ada, { inviteId })
      const again = await newCode(ada, { inviteId })
      expect(again).toEqual(first)
      expect(await count('invite')).toBe(1)
      const grace = await invite(server.address, ada, 'admin')
      const taken = await grace.call('invite.create', {
        inviteId,
        for: { kind: 'person', role: 'member' },
        days: 1,
        maximumUses: 1,
      })
      expect([taken.status, codeOf(taken)]).toEqual([409, 'invite_exists'])
    })

    it('is used once by the same machine, however often it asks', async () => {
      const ada = await createTeam(server.address)
      const { code } = await newCode(ada, { maximumUses: 2 })
      const keys = newKey()
      const join = async () => ({
        enrolmentId: 'a0000000-0000-4000-8000-000000000000',
        proof: await prove(server.address, 'team.join', keys),
        code,
        memberName: 'Grace',
        machine: aMachine,
        handover: null,
      })
      const answers = [
        await post(server.address, 'team.join', await join()),
        await post(server.address, 'team.join', await join()),
      ]
      expect(answers.map(codeOf)).toEqual(['ok', 'ok'])
      const team = await ada.must('team.read', {})
      expect(team.members).toHaveLength(2)
      expect(team.invites).toMatchObject([{ uses: 1 }])
    })

    it('lets in as many as it is for, of those who come at once', async () => {
      const ada = await createTeam(server.address)
      const { code } = await newCode(ada, { maximumUses: 2 })
      const answers = await Promise.all(
        [server, other, server, other].map(({ address }) => joinWith(address, code)),
      )
      expect(answers.map(codeOf).toSorted()).toEqual(['invite_used', 'invite_used', 'ok', 'ok'])
      expect((await ada.must('team.read', {})).members).toHaveLength(3)
    })

    it('is refused, changing nothing, when it is used, over, taken back or unknown', async () => {
      const ada = await createTeam(server.address)
      const used = await newCode(ada)
      await joinWith(server.address, used.code)
      const revoked = await newCode(ada)
      await ada.must('invite.revoke', { inviteId: revoked.invite.id })
      const expired = await newCode(ada, { days: 1 })
      const before = (await ada.must('team.read', {})).members
      await time.advance(DAY)
      const tries = ['0000-0000-0000-0000-0000', 'rubbish', used.code, revoked.code, expired.code]
      const answers = []
      for (const code of tries) answers.push(await joinWith(server.address, code))
      const metric = 'tallystick_requests_total{call="team.join",code="invite_expired"}'
      expect(await server.metric(metric)).toBe(1)
      expect(answers.map((one) => [one.status, codeOf(one)])).toEqual([
        [404, 'invite_unknown'],
        [404, 'invite_unknown'],
        [410, 'invite_used'],
        [410, 'invite_revoked'],
        [410, 'invite_expired'],
      ])
      const { result } = await openSession(server.address, ada)
      const token = result.ok ? result.data.token : ''
      const after = await post(server.address, 'team.read', {}, token)
      expect(after.result).toMatchObject({ data: { members: before } })
    })

    it('is worth nothing once whoever made it may no longer invite', async () => {
      const ada = await createTeam(server.address)
      const grace = await invite(server.address, ada, 'admin')
      const { code } = await newCode(grace, { for: { kind: 'person', role: 'admin' } })
      const { memberId } = grace.enrolment.issuer
      await ada.must('member.setRole', { memberId, role: 'member' })
      expect(codeOf(await joinWith(server.address, code))).toBe('invite_revoked')
      await ada.must('member.setRole', { memberId, role: 'admin' })
      await ada.must('member.remove', { memberId })
      expect(codeOf(await joinWith(server.address, code))).toBe('invite_revoked')
    })
  })

  describe('a session', () => {
    it('is opened by the machine’s key at any server, and notes its version', async () => {
      const ada = await createTeam(server.address)
      const { result } = await openSession(other.address, ada)
      const session = result.ok ? result.data : null
      expect(session).toMatchObject({ standing: 'active' })
      const team = await post(server.address, 'team.read', {}, session!.token)
      expect(team.result).toMatchObject({ data: { devices: [{ appVersion: '1.0.1' }] } })
    })

    it('is not opened by another key, or for another machine', async () => {
      const ada = await createTeam(server.address)
      const grace = await invite(server.address, ada, 'member')
      const { accountId, deviceId } = ada.enrolment.issuer
      const asAda = {
        accountId,
        deviceId,
        proof: await prove(server.address, 'session.open', grace),
        appVersion: '1',
      }
      const answer = await post(server.address, 'session.open', asAda)
      expect([answer.status, codeOf(answer)]).toEqual([401, 'device_closed'])
    })

    it('ends with its time, when it is closed, and with nothing else’s', async () => {
      const ada = await createTeam(server.address)
      const { result } = await openSession(server.address, ada)
      const second = result.ok ? result.data.token : ''
      await ada.must('session.close', {})
      expect(codeOf(await ada.call('team.read', {}))).toBe('session_invalid')
      expect(codeOf(await post(other.address, 'team.read', {}, second))).toBe('ok')
      await time.advance(60 * 60_000)
      const over = await post(server.address, 'team.read', {}, second)
      expect([over.status, codeOf(over)]).toEqual([401, 'session_invalid'])
    })

    it('is none with a made-up token, or one of another account', async () => {
      const ada = await createTeam(server.address)
      const bob = await createTeam(server.address, 'Bob')
      const secret = ada.enrolment.session.token.split('.')[1]!
      const tokens = [
        'x',
        `session_${bob.enrolment.issuer.accountId}.${secret}`,
        `session_${ada.enrolment.issuer.accountId}.${'A'.repeat(43)}`,
      ]
      for (const token of tokens) {
        expect(codeOf(await post(server.address, 'team.read', {}, token))).toBe('session_invalid')
      }
      expect(codeOf(await post(server.address, 'team.read', {}))).toBe('session_invalid')
    })
  })
})
