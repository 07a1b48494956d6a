import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { TeamCallInput } from '#shared/team/api.ts'
import { proofText } from '#shared/team/keys.ts'
import {
  aMachine,
  codeOf,
  createTeam,
  newKey,
  post,
  prove,
  signProof,
} from '../../support/server-machines.ts'
import { onEachEngine } from '../../support/stores.ts'
import { withTwoServers } from '../../support/two-servers.ts'

onEachEngine((place) => {
  const two = withTwoServers(place)

  async function creation(keys = newKey(), address = two.server.address) {
    return {
      enrolmentId: randomUUID(),
      proof: await prove(address, 'team.create', keys),
      teamName: 'Engines',
      memberName: 'Ada',
      machine: aMachine,
      handover: null,
    } satisfies TeamCallInput<'team.create'>
  }

  describe('a new team', () => {
    it('has its founder as owner and the machine as its first', async () => {
      const ada = await createTeam(two.server.address)
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
      const first = await post(two.server.address, 'team.create', input)
      const again = { ...input, proof: await prove(two.other.address, 'team.create', keys) }
      const second = await post(two.other.address, 'team.create', again)
      expect([first.status, second.status]).toEqual([200, 200])
      expect((second.result as never as { data: { issuer: unknown } }).data.issuer).toEqual(
        (first.result as never as { data: { issuer: unknown } }).data.issuer,
      )
      expect(await two.count('account')).toBe(1)
    })

    it('is made once when two servers are asked at the same time', async () => {
      const keys = newKey()
      const input = await creation(keys)
      const twin = { ...input, proof: await prove(two.other.address, 'team.create', keys) }
      const answers = await Promise.all([
        post(two.server.address, 'team.create', input),
        post(two.other.address, 'team.create', twin),
      ])
      expect(answers.map(codeOf)).toContain('ok')
      expect(await two.count('account')).toBe(1)
      expect(await two.count('device')).toBe(1)
    })

    it('is not made with a key that is enrolled', async () => {
      const keys = newKey()
      await post(two.server.address, 'team.create', await creation(keys))
      const second = await post(two.server.address, 'team.create', await creation(keys))
      expect([second.status, codeOf(second)]).toEqual([409, 'device_enrolled'])
      expect(await two.count('account')).toBe(1)
    })
  })

  describe('a proof', () => {
    const refused = async (input: unknown, address = two.server.address) => {
      const before = await two.count('account')
      const answer = await post(address, 'team.create', input)
      expect(await two.count('account')).toBe(before)
      const code = codeOf(answer)
      const metric = `tallystick_requests_total{call="team.create",code="${code}"}`
      expect(await two.server.metric(metric)).toBe(1)
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
      const proof = await prove(two.server.address, 'team.join', keys)
      expect(await refused({ ...input, proof })).toEqual([401, 'signature_invalid'])
    })

    it('is good once, at all servers together', async () => {
      const input = await creation()
      const first = await post(two.other.address, 'team.create', input)
      expect(codeOf(first)).toBe('ok')
      expect(await refused(input)).toEqual([401, 'challenge_invalid'])
    })

    it('is good for a short while', async () => {
      const input = await creation()
      await two.time.advance(121_000)
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
        const answer = await post(two.server.address, 'team.create', sign(challenge))
        expect([answer.status, codeOf(answer)]).toEqual([401, 'challenge_invalid'])
      }
      expect(await two.count('account')).toBe(0)
    })

    it('is refused when it was made for another address', async () => {
      const keys = newKey()
      const input = await creation(keys)
      const address = 'https://evil.example'
      const elsewhere = signProof('team.create', keys.key, { ...input.proof, address })
      expect(await refused({ ...input, proof: elsewhere })).toEqual([401, 'wrong_address'])
      const relayed = { ...elsewhere, address: two.server.address }
      expect(proofText('team.create', relayed)).not.toBe(proofText('team.create', elsewhere))
      expect(await refused({ ...input, proof: relayed })).toEqual([401, 'signature_invalid'])
    })

    it('is refused with a key that is no key', async () => {
      const input = await creation()
      const proof = { ...input.proof, publicKey: 'A'.repeat(43) }
      const answer = await post(two.server.address, 'team.create', { ...input, proof })
      expect(answer.status).toBe(401)
      expect(await two.count('account')).toBe(0)
    })
  })
})
