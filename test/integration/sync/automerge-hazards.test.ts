/** What the library must go on doing, or not do; an upgrade that brings a hazard back fails here. */

import { getBackend, init } from '@automerge/automerge'
import { expect, it } from 'vitest'

const KEYS = 20_000

/** Two branches whose keys interleave, flat values under each. */
function branch(odd: 0 | 1) {
  const document = getBackend(init())
  const value = new Uint8Array(30).fill(7)
  for (let at = odd; at < KEYS; at += 2) {
    document.put('_root', String(at).padStart(8, '0'), value, 'bytes')
  }
  document.commit(null, 0)
  return document
}

it('merges interleaved keys of two branches in memory that grows with them, not with their square', () => {
  const [left, right] = [branch(0), branch(1)]
  const before = process.memoryUsage.rss()
  left.applyChanges(right.getChanges([]))
  expect(left.keys('_root')).toHaveLength(KEYS)
  // 787 MB where the hazard is; some 20 MB where it is not.
  expect((process.memoryUsage.rss() - before) / 1_048_576).toBeLessThan(300)
})

it('makes the same change of the same actor, place and content', () => {
  const make = () => {
    const document = getBackend(init({ actor: 'aabbccddeeff0011' }))
    document.put('_root', '1', new Uint8Array(40).fill(3), 'bytes')
    document.commit(null, 0)
    document.put('_root', '2', new Uint8Array(400).fill(4), 'bytes')
    document.commit(null, 0)
    return document.getChanges([])
  }
  expect(make()).toEqual(make())
  const twice = getBackend(init())
  twice.applyChanges(make())
  twice.applyChanges(make())
  expect(twice.getChanges([])).toEqual(make())
})
