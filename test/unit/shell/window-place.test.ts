import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readWindowPlace, writeWindowPlace } from '../../../src-main/shell/window-place.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
const screen = { x: 0, y: 0, width: 1920, height: 1080 }
const place = { x: 100, y: 50, width: 1280, height: 840, maximized: false }

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tallystick-window-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('opens where it was closed', () => {
  expect(readWindowPlace(directory, [screen])).toBeNull()
  writeWindowPlace(directory, place, log)
  expect(readWindowPlace(directory, [screen])).toEqual(place)
})

it.each([
  { ...place, x: 1900 },
  { ...place, x: -1200 },
  { ...place, y: 1070 },
  { ...place, y: -30 },
])('starts anew when it could not be reached: %o', (unreachable) => {
  writeWindowPlace(directory, unreachable, log)
  expect(readWindowPlace(directory, [screen])).toBeNull()
})

it('is found again on a second screen', () => {
  writeWindowPlace(directory, { ...place, x: -1500 }, log)
  expect(readWindowPlace(directory, [screen, { ...screen, x: -1920 }])).not.toBeNull()
})

it.each(['', '{', '{"x":"1"}', '{"x":1,"y":1,"width":1,"height":1,"maximized":false}', '[]'])(
  'starts anew when what was kept is damaged: %s',
  (text) => {
    writeFileSync(path.join(directory, 'window.json'), text)
    expect(readWindowPlace(directory, [screen])).toBeNull()
  },
)

it('does not mind that it cannot be kept', () => {
  expect(() => writeWindowPlace(path.join(directory, 'gone'), place, log)).not.toThrow()
})
