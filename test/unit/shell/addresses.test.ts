import { describe, expect, it } from 'vitest'
import {
  isAppAddress,
  isExternalAddress,
  isLoadable,
  isLoopbackPage,
} from '../../../src-main/shell/addresses.ts'

const tricky = [
  'https://evil.example/',
  'http://127.0.0.1:8255/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,<script>1</script>',
  'about:blank',
  'chrome://settings',
  'app://evil/',
  'app://tallystick.evil.example/',
  'app://tallystick@evil.example/',
  'app://user:pass@tallystick/',
  'app://tallystick:8080/',
  'app:tallystick/',
  'app:///tallystick/',
  'apps://tallystick/',
  'xapp://tallystick/',
  'https://evil.example/app://tallystick/',
  'app://tallystick%2eevil.example/',
  'tallystick',
  '',
  ' ',
]

describe('where the window may be', () => {
  it.each(['app://tallystick/', 'app://tallystick/usage?by=day#top', 'APP://tallystick/'])(
    'is the app’s own page %s',
    (address) => expect(isAppAddress(address)).toBe(true),
  )

  it.each(tricky)('is not %j', (address) => expect(isAppAddress(address)).toBe(false))
})

describe('what may be opened outside', () => {
  it('is a plain https address', () => {
    expect(isExternalAddress('https://example.org/path?x=1')).toBe(true)
  })

  it.each([
    ...tricky.filter((address) => !address.startsWith('https:')),
    'https://bank.example@evil.example/',
    'https://user:secret@example.org/',
    'http://example.org/',
    'smb://share/x',
    'ms-settings:privacy',
    'file:////server/share/x.exe',
    '\\\\server\\share',
    'mailto:a@example.org',
  ])('is not %j', (address) => expect(isExternalAddress(address)).toBe(false))
})

describe('what the page may load', () => {
  it('is the app’s own and what it makes itself', () => {
    for (const address of [
      'app://tallystick/a.js',
      'blob:app://tallystick/1',
      'data:image/png,x',
    ]) {
      expect(isLoadable(address, null)).toBe(true)
    }
  })

  it.each([
    'https://fonts.example/x',
    'http://127.0.0.1:5173/',
    'ws://127.0.0.1:5173/',
    'nonsense',
  ])('is not %s', (address) => expect(isLoadable(address, null)).toBe(false))

  it('is the dev server while developing, and no other', () => {
    const origin = 'http://127.0.0.1:5173'
    expect(isLoadable('http://127.0.0.1:5173/@vite/client', origin)).toBe(true)
    expect(isLoadable('ws://127.0.0.1:5173/?token=x', origin)).toBe(true)
    expect(isLoadable('http://127.0.0.1:51730/', origin)).toBe(false)
    expect(isLoadable('http://127.0.0.1:5173.evil.example/', origin)).toBe(false)
  })
})

describe('a page of this app on this machine', () => {
  it('is at the loopback address', () => {
    expect(isLoopbackPage('http://127.0.0.1:43111/a/checkout/cs_1')).toBe(true)
  })

  it.each([
    'http://localhost:43111/',
    'http://127.0.0.1.example.org/',
    'http://user@127.0.0.1/',
    'http://192.168.0.7/',
    'file:///etc/passwd',
  ])('is not %j', (address) => expect(isLoopbackPage(address)).toBe(false))
})
