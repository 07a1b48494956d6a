import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSystemSpeaker } from '../../../src-main/providers/practice/system-speaker.ts'
import { encodeWav } from '../../../src-main/providers/practice/wav.ts'

const never = new AbortController().signal
const how = { pitch: 112, speed: 100, signal: never }
let directory: string

beforeAll(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-speaker-'))
})
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }))

/** A program of the given JavaScript that stands in for the real one. */
function program(name: string, body: string): string {
  const path = join(directory, name)
  fs.writeFileSync(path, `#!${process.execPath}\n${body}\n`, { mode: 0o755 })
  return path
}

describe.runIf(process.platform !== 'win32')('the speaking program', () => {
  test('gets the text through its input and gives a WAV of known length', async () => {
    const wav = Buffer.from(encodeWav(new Int16Array(4_410).fill(900), 22_050))
    wav.writeUInt32LE(0x7fff_f000, 40)
    fs.writeFileSync(join(directory, 'sound.wav'), wav)
    const speaker = program(
      'speaks.cjs',
      `const fs = require('node:fs')
      fs.writeFileSync(__dirname + '/heard.json', JSON.stringify([process.argv.slice(2), fs.readFileSync(0, 'utf8')]))
      process.stdout.write(fs.readFileSync(__dirname + '/sound.wav'))`,
    )
    const text = '--version; $(touch /tmp/oops)'
    const spoken = await createSystemSpeaker(speaker)(text, { ...how, speed: 200 })
    expect(spoken?.durationMs).toBe(200)
    const heard = JSON.parse(fs.readFileSync(join(directory, 'heard.json'), 'utf8')) as unknown
    expect(heard).toEqual([['--stdin', '--stdout', '-p', '23', '-s', '340'], text])
  })

  test.each([
    ['is not there', () => join(directory, 'nothing-here')],
    ['fails', () => program('fails.cjs', 'process.exit(3)')],
    ['says nonsense', () => program('nonsense.cjs', "console.log('usage: speak')")],
  ])('that %s gives nothing', async (_, path) => {
    expect(await createSystemSpeaker(path())('Hello', how)).toBeNull()
  })

  test('is ended when the run is stopped', async () => {
    const slow = program('slow.cjs', 'setTimeout(() => undefined, 60_000)')
    const controller = new AbortController()
    const spoken = createSystemSpeaker(slow)('Hello', { ...how, signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    expect(await spoken).toBeNull()
  })
})
