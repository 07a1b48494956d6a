import { describe, expect, it } from 'vitest'
import {
  codeOf,
  createTeam,
  invite,
  openSession,
  post,
  prove,
} from '../../support/server-machines.ts'
import { onEachEngine } from '../../support/stores.ts'
import { withTwoServers } from '../../support/two-servers.ts'

onEachEngine((place) => {
  const two = withTwoServers(place)

  describe('a session', () => {
    it('is opened by the machine’s key at any server, and notes its version', async () => {
      const ada = await createTeam(two.server.address)
      const { result } = await openSession(two.other.address, ada)
      const session = result.ok ? result.data : null
      expect(session).toMatchObject({ standing: 'active' })
      const team = await post(two.server.address, 'team.read', {}, session!.token)
      expect(team.result).toMatchObject({ data: { devices: [{ appVersion: '1.0.1' }] } })
    })

    it('is not opened by another key, or for another machine', async () => {
      const ada = await createTeam(two.server.address)
      const grace = await invite(two.server.address, ada, 'member')
      const { accountId, deviceId } = ada.enrolment.issuer
      const asAda = {
        accountId,
        deviceId,
        proof: await prove(two.server.address, 'session.open', grace),
        appVersion: '1',
      }
      const answer = await post(two.server.address, 'session.open', asAda)
      expect([answer.status, codeOf(answer)]).toEqual([401, 'device_closed'])
    })

    it('ends with its time, when it is closed, and with nothing else’s', async () => {
      const ada = await createTeam(two.server.address)
      const { result } = await openSession(two.server.address, ada)
      const second = result.ok ? result.data.token : ''
      await ada.must('session.close', {})
      expect(codeOf(await ada.call('team.read', {}))).toBe('session_invalid')
      expect(codeOf(await post(two.other.address, 'team.read', {}, second))).toBe('ok')
      await two.time.advance(60 * 60_000)
      const over = await post(two.server.address, 'team.read', {}, second)
      expect([over.status, codeOf(over)]).toEqual([401, 'session_invalid'])
    })

    it('is none with a made-up token, or one of another account', async () => {
      const ada = await createTeam(two.server.address)
      const bob = await createTeam(two.server.address, 'Bob')
      const secret = ada.enrolment.session.token.split('.')[1]!
      const tokens = [
        'x',
        `session_${bob.enrolment.issuer.accountId}.${secret}`,
        `session_${ada.enrolment.issuer.accountId}.${'A'.repeat(43)}`,
      ]
      for (const token of tokens) {
        expect(codeOf(await post(two.server.address, 'team.read', {}, token))).toBe(
          'session_invalid',
        )
      }
      expect(codeOf(await post(two.server.address, 'team.read', {}))).toBe('session_invalid')
    })
  })
})
