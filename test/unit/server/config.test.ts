import { describe, expect, it } from 'vitest'
import { ownAddresses, readConfig } from '../../../src-server/config.ts'

const read = (environment: Record<string, string> = {}, file: unknown = null) =>
  readConfig({
    environment,
    platform: 'linux',
    home: '/home/ada',
    file: file === null ? null : typeof file === 'string' ? file : JSON.stringify(file),
  })

describe('the settings of a server', () => {
  it('needs none: this machine only, with a store of its own', () => {
    expect(read()).toEqual({
      ok: true,
      data: {
        dataDirectory: '/home/ada/.local/share/tallystick-server',
        host: '127.0.0.1',
        port: 8378,
        addresses: [],
        proxies: [],
        stripeTax: false,
        webhooks: 'public',
      },
    })
  })

  it('takes Stripe’s keys both or not at all', () => {
    const key = { STRIPE_SECRET_KEY: 'sk_test_1' }
    expect(read(key)).toMatchObject({ ok: false })
    expect(read({ STRIPE_WEBHOOK_SECRET: 'whsec_1' })).toMatchObject({ ok: false })
    const both = { ...key, STRIPE_WEBHOOK_SECRET: 'whsec_1', TALLYSTICK_STRIPE_TAX: 'true' }
    expect(read(both)).toMatchObject({ data: { stripeTax: true } })
    expect(read({ ...both, STRIPE_SECRET_KEY: 'pk_test_1' })).toMatchObject({ ok: false })
  })

  it('takes a file, and the environment over it', () => {
    const file = { port: 1, host: '0.0.0.0', addresses: ['https://team.example/'] }
    expect(
      read({ TALLYSTICK_SERVER_PORT: '2', DATABASE_URL: 'postgres://x/y' }, file),
    ).toMatchObject({
      ok: true,
      data: {
        port: 2,
        host: '0.0.0.0',
        addresses: ['https://team.example'],
        database: 'postgres://x/y',
      },
    })
    expect(read({ TALLYSTICK_SERVER_URL: 'https://a.example, http://b.example:81' })).toMatchObject(
      {
        data: { addresses: ['https://a.example', 'http://b.example:81'] },
      },
    )
  })

  it('is refused whole, naming every place that is wrong', () => {
    const refused = read({ TALLYSTICK_SERVER_PORT: '99999' }, { adress: 'x', addresses: ['team'] })
    expect(refused).toMatchObject({ ok: false, error: { code: 'config_invalid' } })
    const message = refused.ok ? '' : refused.error.message
    expect(message).toContain('port (TALLYSTICK_SERVER_PORT)')
    expect(message).toContain('adress')
    expect(message).toContain('addresses.0')
    for (const file of ['{', '[]', 'null', '7']) expect(read({}, file)).toMatchObject({ ok: false })
  })

  it('does not open to others without the address they reach it by', () => {
    expect(read({ TALLYSTICK_SERVER_HOST: '0.0.0.0' })).toMatchObject({ ok: false })
  })

  it('knows the addresses it goes by: its own, and this machine’s at any port', () => {
    const isOwn = ownAddresses({ addresses: ['https://team.example'] })
    const own = [
      'https://team.example',
      'http://127.0.0.1:8378',
      'http://localhost:1',
      'http://[::1]:9',
    ]
    expect(own.filter((address) => !isOwn(address))).toEqual([])
    const others = [
      'https://team.example/',
      'http://team.example',
      'https://evil.example',
      'https://127.0.0.1:1',
      'http://127.0.0.1.evil.example',
      'http://user@localhost:1',
      '',
    ]
    expect(others.filter(isOwn)).toEqual([])
  })
})
