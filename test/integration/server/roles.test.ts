import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TeamCallInput, TeamCallName } from '#shared/team/api.ts'
import { millicredits } from '#shared/credits/amount.ts'
import {
  addMachine,
  createTeam,
  invite,
  openSession,
  post,
  type TestMachine,
  codeOf,
} from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { onEachEngine } from '../../support/stores.ts'

type Call = { [Name in TeamCallName]: readonly [Name, TeamCallInput<Name>] }[TeamCallName]

const cap = {
  id: 'everybody',
  name: 'Everybody',
  limit: millicredits(5_000),
  kind: 'hard',
  window: 'day',
  scope: { member: 'each' },
} as const

onEachEngine((place) => {
  let server: TestServer
  let ada: TestMachine
  let admin: TestMachine
  let member: TestMachine
  beforeEach(async () => {
    server = await startTestServer(await place.fresh())
    ada = await createTeam(server.address)
    admin = await invite(server.address, ada, 'admin')
    member = await invite(server.address, ada, 'member')
  })
  afterEach(() => server.close())

  const memberOf = ({ enrolment }: TestMachine) => enrolment.issuer.memberId
  const deviceOf = ({ enrolment }: TestMachine) => enrolment.issuer.deviceId
  const call = (machine: TestMachine, [name, input]: Call) => machine.call(name, input)

  /** Everything the store has of teams and credits. */
  async function everything(): Promise<string> {
    const tables = ['account', 'account_entry', 'team', 'member', 'invite', 'device', 'directory']
    const rows = []
    for (const table of tables) rows.push(await server.database.query(`SELECT * FROM ${table}`))
    return JSON.stringify(rows)
  }

  async function isRefused(machine: TestMachine, one: Call, code: string): Promise<void> {
    const before = await everything()
    const metric = `tallystick_requests_total{call="${one[0]}",code="${code}"}`
    const counted = await server.metric(metric)
    const answer = await call(machine, one)
    expect([one[0], answer.status, codeOf(answer)]).toEqual([one[0], expect.anything(), code])
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(await everything()).toBe(before)
    expect(await server.metric(metric)).toBe(counted + 1)
  }

  const change = () => ({ changeId: randomUUID() })
  const person = (role: 'owner' | 'admin' | 'member'): Call => [
    'invite.create',
    { inviteId: randomUUID(), for: { kind: 'person', role }, days: 1, maximumUses: 1 },
  ]

  describe('a member', () => {
    it('may do nothing to others or to the team', async () => {
      const { invite: open } = await ada.must('invite.create', {
        inviteId: randomUUID(),
        for: { kind: 'person', role: 'member' },
        days: 1,
        maximumUses: 1,
      })
      const calls: readonly Call[] = [
        person('member'),
        ['invite.revoke', { inviteId: open.id }],
        ['member.setRole', { memberId: memberOf(member), role: 'admin' }],
        ['member.remove', { memberId: memberOf(admin) }],
        ['device.revoke', { deviceId: deviceOf(admin) }],
        ['device.lost', { deviceId: deviceOf(ada) }],
        ['team.dissolve', {}],
        ['cap.set', { ...change(), cap }],
        ['cap.remove', { ...change(), capId: 'everybody' }],
        ['plan.change', { ...change(), planId: 'pro', seats: 1 }],
        ['code.redeem', { requestId: randomUUID(), code: 'WELCOME' }],
      ]
      for (const one of calls) await isRefused(member, one, 'not_allowed')
    })

    it('sees the team, but only invites for machines of their own', async () => {
      await call(ada, person('member'))
      const own = await member.must('invite.create', {
        inviteId: randomUUID(),
        for: { kind: 'machine' },
        days: 1,
        maximumUses: 1,
      })
      const team = await member.must('team.read', {})
      expect(team.members).toHaveLength(3)
      expect(team.devices).toHaveLength(3)
      expect(team.invites).toEqual([own.invite])
      expect((await admin.must('team.read', {})).invites.length).toBeGreaterThan(1)
    })
  })

  describe('an admin', () => {
    it('may do nothing to owners, and make none', async () => {
      const calls: readonly Call[] = [
        person('owner'),
        ['member.setRole', { memberId: memberOf(ada), role: 'member' }],
        ['member.setRole', { memberId: memberOf(admin), role: 'owner' }],
        ['member.remove', { memberId: memberOf(ada) }],
        ['device.revoke', { deviceId: deviceOf(ada) }],
        ['device.lost', { deviceId: deviceOf(ada) }],
        ['team.dissolve', {}],
      ]
      for (const one of calls) await isRefused(admin, one, 'not_allowed')
    })

    it('sets caps by every scope and over every window that the rules know', async () => {
      const scopes = [
        {},
        { member: 'each' },
        { member: memberOf(member) },
        { device: 'each' },
        { device: deviceOf(member), operation: 'chat.fast' },
        { operation: 'each', subject: 'design' },
        { subject: 'each' },
      ]
      const windows = ['hour', 'day', 'week', 'month', 'cycle'] as const
      const caps = [
        ...scopes.map((scope, at) => ({ ...cap, id: `scope-${at}`, scope })),
        ...windows.map((window) => ({ ...cap, id: window, window })),
        { ...cap, id: 'rolling', kind: 'soft' as const, window: 'rolling' as const, minutes: 90 },
      ]
      for (const one of caps) await admin.must('cap.set', { ...change(), cap: one })
      const { accountId } = ada.enrolment.issuer
      const { account } = await server.authority.read(server.database.query, accountId)
      expect([...account.caps.values()]).toEqual(caps)
      const endless = { ...cap, window: 'rolling' as const }
      expect(codeOf(await admin.call('cap.set', { ...change(), cap: endless }))).toBe(
        'invalid_input',
      )
    })

    it('sees to members, their machines, caps and the plan', async () => {
      await admin.must('member.setRole', { memberId: memberOf(member), role: 'admin' })
      await admin.must('cap.set', { ...change(), cap })
      await admin.must('device.revoke', { deviceId: deviceOf(member) })
      const team = await admin.must('member.remove', { memberId: memberOf(member) })
      expect(team.members.find(({ id }) => id === memberOf(member))?.leftAt).not.toBeNull()
      const { accountId } = ada.enrolment.issuer
      const { query } = server.database
      const entries = await server.authority.entriesAfter(query, accountId, 0, 1_000)
      expect(entries.map(({ facts }) => facts)).toContainEqual({
        kind: 'account',
        change: { type: 'cap', cap },
      })
    })
  })

  it('refuses what does not exist, of this team or of another', async () => {
    const bob = await createTeam(server.address, 'Bob')
    const calls: readonly (readonly [Call, string])[] = [
      [['member.setRole', { memberId: memberOf(bob), role: 'admin' }], 'member_unknown'],
      [['member.remove', { memberId: memberOf(bob) }], 'member_unknown'],
      [['device.revoke', { deviceId: deviceOf(bob) }], 'device_unknown'],
      [['device.lost', { deviceId: 'none' }], 'device_unknown'],
      [['invite.revoke', { inviteId: randomUUID() }], 'invite_unknown'],
      [['member.setRole', { memberId: memberOf(ada), role: 'member' }], 'last_owner'],
      [['team.leave', {}], 'last_owner'],
      [['team.dissolve', {}], 'not_alone'],
      [['plan.change', { ...change(), planId: 'gold-plated', seats: 1 }], 'plan_not_offered'],
      [['code.redeem', { requestId: randomUUID(), code: 'NONSENSE' }], 'promo_unknown'],
    ]
    for (const [one, code] of calls) await isRefused(ada, one, code)
  })

  it('codes that give credits cannot be guessed either, one by one or all at once', async () => {
    const eve = await createTeam(server.address, 'Eve')
    const guess = (code: string) => eve.call('code.redeem', { requestId: randomUUID(), code })
    const many = await Promise.all(Array.from({ length: 30 }, (_, at) => guess(`GUESS-${at}`)))
    const codes = many.map(codeOf)
    expect(codes.filter((one) => one === 'promo_unknown')).toHaveLength(10)
    expect(codes.filter((one) => one === 'promo_too_many_tries')).toHaveLength(20)
    expect((await guess('WELCOME')).status).toBe(429)
  })

  it('writes a change once, however often it is asked', async () => {
    const again = { ...change(), cap }
    const count = async () => {
      const [row] = await server.database.query<{ count: number }>(
        'SELECT COUNT(*) AS count FROM account_entry',
      )
      return row!.count
    }
    await ada.must('cap.set', again)
    const after = await count()
    await ada.must('cap.set', again)
    expect(await count()).toBe(after)
  })

  describe('a machine that is revoked', () => {
    it('is out at once: its token, its sockets’ right, its calls; its member stays', async () => {
      const second = await addMachine(server.address, member)
      await ada.must('device.revoke', { deviceId: deviceOf(member) })
      const stolen = await member.call('team.read', {})
      expect([stolen.status, codeOf(stolen)]).toEqual([401, 'session_invalid'])
      const team = await second.must('team.read', {})
      expect(team.devices.find(({ id }) => id === deviceOf(member))?.standing).toBe('revoked')
      expect(team.members.find(({ id }) => id === memberOf(member))?.leftAt).toBeNull()
    })

    it('may open a session to tell what it spent, with which it can ask for nothing', async () => {
      await ada.must('device.lost', { deviceId: deviceOf(member) })
      const { result } = await openSession(server.address, member)
      expect(result).toMatchObject({ ok: true, data: { standing: 'lost' } })
      const token = result.ok ? result.data.token : ''
      const answer = await post(server.address, 'team.read', {}, token)
      expect([answer.status, codeOf(answer)]).toEqual([401, 'device_closed'])
      const lost = { deviceId: deviceOf(admin) }
      expect(codeOf(await post(server.address, 'device.lost', lost, token))).toBe('device_closed')
    })

    it('is revoked once; lost after revoked changes nothing', async () => {
      await ada.must('device.revoke', { deviceId: deviceOf(member) })
      const team = await ada.must('device.lost', { deviceId: deviceOf(member) })
      expect(team.devices.find(({ id }) => id === deviceOf(member))?.standing).toBe('revoked')
    })
  })

  describe('who leaves', () => {
    it('is gone with their last machine; the others stay', async () => {
      const second = await addMachine(server.address, member)
      await second.must('team.leave', {})
      const between = await member.must('team.read', {})
      expect(between.members.find(({ id }) => id === memberOf(member))?.leftAt).toBeNull()
      await member.must('team.leave', {})
      const team = await ada.must('team.read', {})
      expect(team.members.find(({ id }) => id === memberOf(member))?.leftAt).not.toBeNull()
      expect(team.devices.filter(({ standing }) => standing === 'left')).toHaveLength(2)
      expect(codeOf(await member.call('team.read', {}))).toBe('session_invalid')
    })

    it('takes the pool home as the last, and the team is over', async () => {
      await ada.must('member.remove', { memberId: memberOf(member) })
      await ada.must('member.remove', { memberId: memberOf(admin) })
      const home = await ada.must('team.dissolve', {})
      expect(home.account.account).not.toBeNull()
      expect(home.lease).not.toBeNull()
      expect(codeOf(await ada.call('team.read', {}))).toBe('session_invalid')
    })
  })
})
