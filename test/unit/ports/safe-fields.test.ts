import { describe, expect, it } from 'vitest'
import { safeFields } from '#shared/ports/safe-fields.ts'

describe('what the log may hold', () => {
  it('removes keys, tokens, prompts and texts at any depth', () => {
    const safe = JSON.stringify(
      safeFields({
        key: 'leak1',
        apiKey: 'leak2',
        provider: { headers: { Authorization: 'leak3' }, list: [{ token: 'leak4' }] },
        prompt: 'leak5',
        text: 'leak6',
        messages: [{ content: 'leak7' }],
        error: new Error('got 401 for Bearer leak8 and sk-leak9', { cause: { cookie: 'leak10' } }),
        url: 'http://127.0.0.1:1/?token=leak11',
        store: 'postgres://tallystick:leak12@db.example/tallystick',
        link: 'https://team.example/join#AAAA-BBBB-CCCC-DDDD-1EAK',
        session: 'session_leak13',
        operationId: 'kept',
      }),
    )
    expect(safe).not.toMatch(/leak|1EAK/)
    expect(safe).toContain('kept')
    expect(safe).toContain('db.example')
  })

  it('cuts what is huge, deep or endless', () => {
    const cyclic: Record<string, unknown> = { long: 'x'.repeat(100_000), bytes: new Uint8Array(9) }
    cyclic['self'] = cyclic
    const safe = JSON.stringify(safeFields(cyclic))
    expect(safe.length).toBeLessThan(50_000)
    expect(safe).toContain('[9 bytes]')
  })
})
