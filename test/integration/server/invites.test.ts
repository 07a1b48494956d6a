import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { TeamCallInput } from '#shared/team/api.ts'
import {
  aMachine,
  addMachine,
  codeOf,
  createTeam,
  invite,
  joinWith,
  newKey,
  openSession,
  post,
  prove,
  type TestMachine,
} from '../../support/server-machines.ts'
import { onEachEngine } from '../../support/stores.ts'
import { withTwoServers } from '../../support/two-servers.ts'

const DAY = 86_400_000

onEachEngine((place) => {
  const two = withTwoServers(place)

  const newCode = async (host: TestMachine, more: Partial<TeamCallInput<'invite.create'>> = {}) =>
    host.must('invite.create', {
      inviteId: randomUUID(),
      for: { kind: 'person', role: 'member' },
      days: 7,
      maximumUses: 1,
      ...more,
    })

  describe('an invite', () => {
    it('brings a new person in, at whichever server, with the role it was made for', async () => {
      const ada = await createTeam(two.server.address)
      const { code, invite: made } = await newCode(ada, { for: { kind: 'person', role: 'admin' } })
      expect(made).toMatchObject({ role: 'admin', memberId: null, uses: 0, maximumUses: 1 })
      const { machine } = await joinWith(two.other.address, code.toLowerCase().replaceAll('-', ' '))
      const team = await machine!.must('team.read', {})
      expect(team.me.role).toBe('admin')
      expect(team.members.map(({ name }) => name)).toEqual(['Ada', 'Grace'])
      expect(team.invites).toMatchObject([{ uses: 1 }])
    })

    it('brings another machine of the same person', async () => {
      const ada = await createTeam(two.server.address)
      const grace = await invite(two.server.address, ada, 'member', 'Grace')
      const second = await addMachine(two.other.address, grace)
      const team = await second.must('team.read', {})
      expect(team.members).toHaveLength(2)
      expect(team.me.memberId).toBe(grace.enrolment.issuer.memberId)
      expect(team.me.role).toBe('member')
      expect(team.devices).toHaveLength(3)
    })

    it('is not kept itself, only a hash of it', async () => {
      const ada = await createTeam(two.server.address)
      const { code } = await newCode(ada)
      const rows = [
        await two.server.database.query('SELECT * FROM invite'),
        await two.server.database.query('SELECT * FROM directory'),
        await two.server.database.query('SELECT * FROM session'),
      ]
      const kept = JSON.stringify(rows)
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(ada.enrolment.session.token.slice(-43))
    })

    it('is shown again to whoever asks the same again, and made once', async () => {
      const ada = await createTeam(two.server.address)
      const inviteId = randomUUID()
      const first = await newCode(ada, { inviteId })
      const again = await newCode(ada, { inviteId })
      expect(again).toEqual(first)
      expect(await two.count('invite')).toBe(1)
      const grace = await invite(two.server.address, ada, 'admin')
      const taken = await grace.call('invite.create', {
        inviteId,
        for: { kind: 'person', role: 'member' },
        days: 1,
        maximumUses: 1,
      })
      expect([taken.status, codeOf(taken)]).toEqual([409, 'invite_exists'])
    })

    it('is used once by the same machine, however often it asks', async () => {
      const ada = await createTeam(two.server.address)
      const { code } = await newCode(ada, { maximumUses: 2 })
      const keys = newKey()
      const join = async () => ({
        enrolmentId: 'a0000000-0000-4000-8000-000000000000',
        proof: await prove(two.server.address, 'team.join', keys),
        code,
        memberName: 'Grace',
        machine: aMachine,
        handover: null,
      })
      const answers = [
        await post(two.server.address, 'team.join', await join()),
        await post(two.server.address, 'team.join', await join()),
      ]
      expect(answers.map(codeOf)).toEqual(['ok', 'ok'])
      const team = await ada.must('team.read', {})
      expect(team.members).toHaveLength(2)
      expect(team.invites).toMatchObject([{ uses: 1 }])
    })

    it('lets in as many as it is for, of those who come at once', async () => {
      const ada = await createTeam(two.server.address)
      const { code } = await newCode(ada, { maximumUses: 2 })
      const answers = await Promise.all(
        [two.server, two.other, two.server, two.other].map(({ address }) =>
          joinWith(address, code),
        ),
      )
      expect(answers.map(codeOf).toSorted()).toEqual(['invite_used', 'invite_used', 'ok', 'ok'])
      expect((await ada.must('team.read', {})).members).toHaveLength(3)
    })

    it('is refused, changing nothing, when it is used, over, taken back or unknown', async () => {
      const ada = await createTeam(two.server.address)
      const used = await newCode(ada)
      await joinWith(two.server.address, used.code)
      const revoked = await newCode(ada)
      await ada.must('invite.revoke', { inviteId: revoked.invite.id })
      const expired = await newCode(ada, { days: 1 })
      const before = (await ada.must('team.read', {})).members
      await two.time.advance(DAY)
      const tries = ['0000-0000-0000-0000-0000', 'rubbish', used.code, revoked.code, expired.code]
      const answers = []
      for (const code of tries) answers.push(await joinWith(two.server.address, code))
      const metric = 'tallystick_requests_total{call="team.join",code="invite_expired"}'
      expect(await two.server.metric(metric)).toBe(1)
      expect(answers.map((one) => [one.status, codeOf(one)])).toEqual([
        [404, 'invite_unknown'],
        [404, 'invite_unknown'],
        [410, 'invite_used'],
        [410, 'invite_revoked'],
        [410, 'invite_expired'],
      ])
      const { result } = await openSession(two.server.address, ada)
      const token = result.ok ? result.data.token : ''
      const after = await post(two.server.address, 'team.read', {}, token)
      expect(after.result).toMatchObject({ data: { members: before } })
    })

    it('is worth nothing once whoever made it may no longer invite', async () => {
      const ada = await createTeam(two.server.address)
      const grace = await invite(two.server.address, ada, 'admin')
      const { code } = await newCode(grace, { for: { kind: 'person', role: 'admin' } })
      const { memberId } = grace.enrolment.issuer
      await ada.must('member.setRole', { memberId, role: 'member' })
      expect(codeOf(await joinWith(two.server.address, code))).toBe('invite_revoked')
      await ada.must('member.setRole', { memberId, role: 'admin' })
      await ada.must('member.remove', { memberId })
      expect(codeOf(await joinWith(two.server.address, code))).toBe('invite_revoked')
    })
  })
})
