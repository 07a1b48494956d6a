import { getBackend, init } from '@automerge/automerge'
import { describe, expect, it } from 'vitest'
import {
  EMPTY_INDEX,
  indexActor,
  indexChange,
  type IndexEnd,
  readIndexChange,
} from '#shared/records/index-change.ts'
import { sha256 } from '../../../src-main/ports/sha256.ts'
import { encodeSealed, toHex } from '#shared/records/sealed.ts'
import { type SealedStretch, stretchEnd } from '#shared/records/stretches.ts'

const actor = indexActor('device-a', sha256)

/** Values around every length whose spelling takes one byte more. */
const LENGTHS = [1, 7, 8, 55, 63, 64, 65, 900, 960, 1_023, 2_000, 16_383, 16_384, 70_000]

function sealedOf(stretch: number): SealedStretch {
  const rollup = new Uint8Array(LENGTHS[stretch % LENGTHS.length] ?? 1).fill(stretch)
  const head = { sequence: stretchEnd(stretch), hash: sha256(`head ${stretch}`) }
  return { stretch, name: sha256(`segment ${stretch}`), head, rollup }
}

/** As many changes as there are lengths of numbers in it. */
function indexOf(count: number) {
  const made: { bytes: Uint8Array; end: IndexEnd }[] = []
  for (let stretch = 1; stretch <= count; stretch++) {
    const { bytes, hash: change } = indexChange(
      actor,
      made.at(-1)?.end ?? EMPTY_INDEX,
      sealedOf(stretch),
      sha256,
    )
    made.push({ bytes, end: { stretch, hash: change } })
  }
  return made
}

describe('the change of a stretch', () => {
  it('is byte for byte what Automerge writes, and what Automerge reads', () => {
    const document = getBackend(init({ actor: toHex(actor) }))
    const index = indexOf(300)
    for (const { bytes, end } of index) {
      const { stretch } = end
      document.put('_root', String(stretch), encodeSealed(sealedOf(stretch)), 'bytes')
      document.commit(null, 0)
      expect(toHex(bytes)).toBe(toHex(document.getLastLocalChange() as Uint8Array))
    }
    expect(document.getHeads()).toEqual([index.at(-1)?.end.hash])
    const reader = getBackend(init())
    reader.applyChanges(index.map(({ bytes }) => bytes))
    expect(reader.get('_root', '300')).toEqual(encodeSealed(sealedOf(300)))
  })

  it('is read only after the one before it', () => {
    const index = indexOf(130)
    let end = EMPTY_INDEX
    for (const one of index) {
      const read = readIndexChange(actor, end, one.bytes, sha256)
      expect(read?.sealed).toEqual(sealedOf(one.end.stretch))
      expect(read?.end).toEqual(one.end)
      expect(readIndexChange(actor, one.end, one.bytes, sha256)).toBeNull()
      end = one.end
    }
    const later = index[9]?.bytes as Uint8Array
    expect(readIndexChange(actor, EMPTY_INDEX, later, sha256)).toBeNull()
    expect(readIndexChange(actor, { stretch: 9, hash: sha256('x') }, later, sha256)).toBeNull()
  })

  it('is refused with any byte changed, added or left away, and from another device', () => {
    const bytes = indexOf(1)[0]?.bytes as Uint8Array
    const read = (changed: Uint8Array) => readIndexChange(actor, EMPTY_INDEX, changed, sha256)
    expect(read(bytes)).not.toBeNull()
    for (let at = 0; at < bytes.length; at++) {
      expect(read(bytes.with(at, (bytes[at] as number) ^ 1))).toBeNull()
      expect(read(bytes.slice(0, at))).toBeNull()
    }
    expect(read(Uint8Array.of(...bytes, 0))).toBeNull()
    const other = indexActor('device-b', sha256)
    expect(readIndexChange(other, EMPTY_INDEX, bytes, sha256)).toBeNull()
  })

  it('is made only of the next stretch', () => {
    expect(() => indexChange(actor, EMPTY_INDEX, sealedOf(2), sha256)).toThrow('not next')
  })
})
