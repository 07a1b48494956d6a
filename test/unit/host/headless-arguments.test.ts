import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultDataDirectory } from '../../../src-main/data-directory.ts'
import { parseArguments } from '../../../src-main/host/browser-door/arguments.ts'
import { browserCommand } from '../../../src-main/host/browser-door/open-browser.ts'

const defaults = { dataDirectory: '/home/me/.config/Tallystick', token: undefined }

describe('the arguments of the headless host', () => {
  it('need none', () => {
    expect(parseArguments([], defaults)).toEqual({
      kind: 'run',
      run: {
        dataDirectory: path.resolve('/home/me/.config/Tallystick'),
        port: null,
        open: false,
        rendererUrl: null,
        catalogFile: null,
        token: null,
      },
    })
  })

  it('are all understood', () => {
    const token = 'a'.repeat(43)
    const args = ['--data-dir', '/d', '--port=0', '--open', '--catalog', '/c.json']
    const parsed = parseArguments([...args, '--renderer-url', 'http://127.0.0.1:5173/'], {
      ...defaults,
      token,
    })
    expect(parsed).toMatchObject({
      kind: 'run',
      run: { dataDirectory: path.resolve('/d'), port: 0, open: true, token },
    })
  })

  it.each([
    [['--port', 'many']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port']],
    [['--data-dir', '']],
    [['--catalog', ' ']],
    [['--renderer-url', 'file:///etc']],
    [['--unknown']],
    [['open']],
    [['--open=yes']],
  ])('refuse %j with the usage', (args) => {
    const parsed = parseArguments(args, defaults)
    expect(parsed.kind).toBe('invalid')
    expect(parsed.kind === 'invalid' && parsed.message).toContain('--data-dir <folder>')
  })

  it.each(['short', 'x'.repeat(40) + '\r\n', 'x; HttpOnly'.repeat(5)])(
    'refuse the token %j without repeating it',
    (token) => {
      const parsed = parseArguments([], { ...defaults, token })
      expect(parsed.kind).toBe('invalid')
      expect(JSON.stringify(parsed)).not.toContain(token)
    },
  )
})

describe('the data directory', () => {
  const at = (platform: NodeJS.Platform, environment: Record<string, string> = {}) =>
    defaultDataDirectory({ platform, home: '/home/me', environment })

  it('is where the platform keeps an app’s data', () => {
    expect(at('linux')).toBe(path.join('/home/me/.config/Tallystick'))
    expect(at('linux', { XDG_CONFIG_HOME: '/xdg' })).toBe(path.join('/xdg/Tallystick'))
    expect(at('linux', { XDG_CONFIG_HOME: 'relative' })).toBe(
      path.join('/home/me/.config/Tallystick'),
    )
    expect(at('darwin')).toBe(path.join('/home/me/Library/Application Support/Tallystick'))
    expect(at('win32', { APPDATA: '/roaming' })).toBe(path.join('/roaming/Tallystick'))
  })

  it('is TALLYSTICK_DATA_DIR where that is set', () => {
    expect(at('linux', { TALLYSTICK_DATA_DIR: '/mine' })).toBe(path.resolve('/mine'))
  })
})

it('opens a browser with the address as one argument, through no shell', () => {
  const address = 'http://127.0.0.1:1/?token=a&b=$(c)'
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const { program, args } = browserCommand(platform, address)
    expect(program).not.toMatch(/cmd|sh$/)
    expect(args.at(-1)).toBe(address)
  }
})
