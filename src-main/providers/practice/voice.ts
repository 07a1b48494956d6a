/**
 * The practice voice: a pulse train through three formant filters per vowel, paced by the text's
 * syllables. Not speech one can follow, but a voice one can hear, with pitch, pace and breath.
 */

import type { PracticeVoice } from './practice-models.ts'
import { createSeeded, type Seeded } from './seeded.ts'
import { readSounds, type Onset, type Sound, type Vowel } from './syllables.ts'

export const SAMPLE_RATE = 22_050

const SYLLABLE_SECONDS = 0.19
const REST_SECONDS = 0.16
const ONSET_SECONDS: Readonly<Record<Onset, number>> = {
  none: 0,
  stop: 0.045,
  hiss: 0.075,
  hum: 0.055,
}
/** Loudest sample; louder ones are rounded off towards it. */
const PEAK = 27_000
const GAIN = 0.45
/** Filters, pitch and loudness follow the sound every so many samples. */
const STEP = 32

/** First three resonances of an average adult, hertz. */
const FORMANTS: Readonly<Record<Vowel, readonly [number, number, number]>> = {
  a: [730, 1_150, 2_450],
  e: [530, 1_750, 2_480],
  i: [300, 2_200, 2_950],
  o: [490, 900, 2_430],
  u: [330, 800, 2_250],
}
const HUM_FORMANTS: readonly [number, number, number] = [250, 1_100, 2_200]

/**
 * Samples of `text` at `speed` percent. `pause` is awaited every few milliseconds of work; when it
 * answers false the result is null.
 */
export async function sing(
  text: string,
  voice: PracticeVoice,
  speed: number,
  pause: () => Promise<boolean>,
): Promise<Int16Array<ArrayBuffer> | null> {
  const sounds = readSounds(text)
  const pace = 100 / speed
  const total = sounds.reduce(
    (samples, sound) => samples + lengthOf(sound, pace),
    lengthOf(LEAD_OUT, 1),
  )
  const output = new Int16Array(total)
  const throat = createThroat(voice, createSeeded(`${voice.id}\n${text}`))
  let at = 0
  for (const [index, sound] of sounds.entries()) {
    const length = lengthOf(sound, pace)
    const made = new Float32Array(length)
    throat.utter(made, sound, index / sounds.length)
    for (let sample = 0; sample < length; sample += 1) {
      output[at + sample] = PEAK * Math.tanh((made[sample] ?? 0) * GAIN)
    }
    at += length
    if (index % 2 === 1 && !(await pause())) return null
  }
  return output
}

const LEAD_OUT: Sound = { type: 'rest', beats: 1.5 }

function lengthOf(sound: Sound, pace: number): number {
  const seconds =
    sound.type === 'rest'
      ? REST_SECONDS * sound.beats
      : ONSET_SECONDS[sound.onset] + SYLLABLE_SECONDS * (sound.stressed ? 1.15 : 0.9)
  return Math.round(seconds * pace * SAMPLE_RATE)
}

/** Keeps the phase and the filters' memory, so that one sound flows into the next. */
function createThroat(voice: PracticeVoice, seeded: Seeded) {
  const filters = [createResonator(), createResonator(), createResonator()] as const
  const widths = [80, 110, 160] as const
  let phase = 0
  let phaseStep = 0
  let loudness = 0
  let formants: readonly [number, number, number] = FORMANTS.a

  /** One stretch: `level` and `noise` run from 0 to 1, `pitch` is in hertz. */
  function stretch(
    out: Float32Array,
    target: readonly [number, number, number],
    level: (share: number) => number,
    noise: number,
    pitch: (share: number) => number,
  ): void {
    const from = formants
    const [low, middle, high] = filters
    for (let index = 0; index < out.length; index += 1) {
      if (index % STEP === 0) {
        const share = index / out.length
        const glide = Math.min(1, share * 3)
        filters.forEach((filter, at) => {
          const center = from[at as 0] + (target[at as 0] - from[at as 0]) * glide
          filter.tune(center * voice.brightness, widths[at as 0])
        })
        phaseStep = (pitch(share) * PULSE.length) / SAMPLE_RATE
        loudness = level(share)
      }
      phase = (phase + phaseStep) % PULSE.length
      const hiss = seeded.next() - 0.5
      const source = (PULSE[phase | 0] ?? 0) * (1 - noise) + hiss * (noise + voice.breath)
      out[index] =
        (low.pass(source) + 0.55 * middle.pass(source) + 0.28 * high.pass(source)) * loudness
    }
    formants = target
  }

  return {
    utter(out: Float32Array, sound: Sound, progress: number): void {
      if (sound.type === 'rest') {
        out.fill(0)
        return
      }
      const drift = 1.06 - 0.12 * progress + (seeded.next() - 0.5) * 0.06
      const rise = sound.question ? 0.16 : -0.05
      const pitch = (share: number) =>
        voice.pitch * drift * (sound.stressed ? 1.06 : 1) * (1 + rise * share) +
        Math.sin(share * 14) * 1.4
      const split = Math.round(
        (out.length * ONSET_SECONDS[sound.onset]) / (ONSET_SECONDS[sound.onset] + SYLLABLE_SECONDS),
      )
      utterOnset(out.subarray(0, split), sound.onset, pitch)
      stretch(out.subarray(split), FORMANTS[sound.vowel], swell, 0, pitch)
    },
  }

  function utterOnset(out: Float32Array, onset: Onset, pitch: (share: number) => number): void {
    if (out.length === 0) return
    if (onset === 'hum') stretch(out, HUM_FORMANTS, (share) => 0.45 * swell(share), 0, pitch)
    // A stop is a silence and then a puff.
    if (onset === 'stop')
      stretch(out, formants, (share) => (share < 0.6 ? 0 : 1.1 * (1 - share)), 0.9, pitch)
    if (onset === 'hiss')
      stretch(out, [2_600, 4_200, 6_000], (share) => 0.5 * swell(share), 1, pitch)
  }
}

function swell(share: number): number {
  return Math.min(1, share * 9) * Math.min(1, (1 - share) * 5)
}

/** One beat of the vocal folds: opens, closes sharply, rests. */
const PULSE = Float32Array.from({ length: 512 }, (_, index) => {
  const phase = index / 512
  if (phase < 0.4) return 0.5 * (1 - Math.cos((Math.PI * phase) / 0.4)) - 0.4
  if (phase < 0.56) return Math.cos((Math.PI * (phase - 0.4)) / 0.32) - 0.4
  return -0.4
})

/** A two-pole resonance. */
function createResonator() {
  let a = 0
  let b = 0
  let c = 0
  let last = 0
  let before = 0
  return {
    tune(center: number, width: number): void {
      const radius = Math.exp((-Math.PI * width) / SAMPLE_RATE)
      c = -radius * radius
      b = 2 * radius * Math.cos((2 * Math.PI * Math.min(center, SAMPLE_RATE * 0.45)) / SAMPLE_RATE)
      a = 1 - b - c
    },
    pass(input: number): number {
      const value = a * input + b * last + c * before
      before = last
      last = value
      return value
    },
  }
}
