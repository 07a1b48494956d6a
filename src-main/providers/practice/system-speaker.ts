/**
 * Speaks with `espeak-ng` where the machine has it: a separate program under the GPL, started and
 * never bundled (decision 0004). Without it the practice voice sings.
 */

import { spawn } from 'node:child_process'
import { readAudioFormat } from '../media-format.ts'
import { PRACTICE_VOICES } from './practice-models.ts'
import type { SystemSpeaker } from './practice-provider.ts'

const WORDS_PER_MINUTE = 170
const MAX_WORDS_PER_MINUTE = 450
const TIME_LIMIT_MS = 30_000
const MAX_BYTES = 50_000_000

export function createSystemSpeaker(program = 'espeak-ng'): SystemSpeaker {
  let missing = false
  return async (text, { pitch, speed, signal }) => {
    if (missing) return null
    const output = await run(program, speechArguments(pitch, speed), text, signal)
    if (output === 'missing') missing = true
    const format = typeof output === 'string' ? null : readAudioFormat(output)
    if (format?.durationMs == null) return null
    return { wav: format.bytes, durationMs: format.durationMs }
  }
}

/** Text goes in through the standard input: as an argument it could pose as an option. */
function speechArguments(pitch: number, speed: number): string[] {
  const pitches = PRACTICE_VOICES.map((voice) => voice.pitch)
  const [low, high] = [Math.min(...pitches), Math.max(...pitches)]
  const height = Math.round(((pitch - low) / (high - low)) * 80) + 10
  const pace = Math.min(MAX_WORDS_PER_MINUTE, Math.round((WORDS_PER_MINUTE * speed) / 100))
  return ['--stdin', '--stdout', '-p', String(height), '-s', String(pace)]
}

function run(
  program: string,
  options: readonly string[],
  text: string,
  signal: AbortSignal,
): Promise<Uint8Array | 'missing' | 'failed'> {
  return new Promise((resolve) => {
    const limits = { signal, timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL' } as const
    const child = spawn(program, options, { ...limits, stdio: ['pipe', 'pipe', 'ignore'] })
    const pieces: Buffer[] = []
    let size = 0
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > MAX_BYTES) child.kill('SIGKILL')
      else pieces.push(piece)
    })
    child.on('error', (error) => {
      resolve('code' in error && error.code === 'ENOENT' ? 'missing' : 'failed')
    })
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(pieces) : 'failed'))
    // A program that ends before it has read everything closes the pipe on us.
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}
