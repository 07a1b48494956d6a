import { describe, expect, it } from 'vitest'
import { codeOf, inviteLink, readCode, readInvite } from '#shared/team/invite-code.ts'

const CODE = '7K3M-9QXP-04TN-B2VD-6HRA'

describe('invite codes', () => {
  it('are five groups of four letters that cannot be mistaken', () => {
    const code = codeOf(Uint8Array.from({ length: 32 }, (_, at) => at * 37))
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(readCode(code)).toBe(code)
    expect(() => codeOf(new Uint8Array(19))).toThrow()
  })

  it('are read however they are typed', () => {
    expect(readCode(' 7k3m 9qxp o4tn b2vd 6hra ')).toBe(CODE)
    expect(readCode('7K3M9QXPO4TNB2VD6HRA')).toBe(CODE)
    expect(readCode('IL00-0000-0000-0000-0000')).toBe('1100-0000-0000-0000-0000')
  })

  it('are nothing else', () => {
    for (const text of ['', '7K3M', `${CODE}-AAAA`, CODE.replace('7', 'U'), 'é'.repeat(20)]) {
      expect(readCode(text)).toBeNull()
    }
  })

  it('travel in links, behind the # where no server sees them', () => {
    const link = inviteLink('https://team.example:8443', CODE)
    expect(link).toBe(`https://team.example:8443/join#${CODE}`)
    expect(new URL(link).hash).toBe(`#${CODE}`)
    const read = { ok: true, data: { address: 'https://team.example:8443', code: CODE } }
    expect(readInvite(` ${link}\n`)).toEqual(read)
    expect(readInvite(CODE)).toEqual({ ok: true, data: { address: null, code: CODE } })
  })

  it('says so when what was pasted is no invite', () => {
    for (const text of ['', 'hello', 'https://team.example/join', `ftp://x/join#${CODE}`]) {
      expect(readInvite(text)).toMatchObject({ ok: false, error: { code: 'invite_unreadable' } })
    }
  })
})
