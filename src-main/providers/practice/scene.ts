/** A landscape that a prompt alone decides: sky, sun or moon, ridges in the haze, perhaps water. */

import { mix, oklch, type Rgb } from './color.ts'
import { createSeeded, type Seeded } from './seeded.ts'

export interface Ridge {
  readonly color: Rgb
  /** Where the ridge begins in each column, as a share of the height from the top. */
  readonly tops: Float32Array
}

export interface Scene {
  readonly skyTop: Rgb
  readonly skyLow: Rgb
  readonly glow: Rgb
  readonly disc: {
    readonly x: number
    readonly y: number
    readonly radius: number
    readonly color: Rgb
  }
  readonly ridges: readonly Ridge[]
  readonly stars: readonly { readonly x: number; readonly y: number; readonly light: number }[]
  /** Where water begins, as a share of the height; 1 when there is none. */
  readonly waterline: number
}

interface Mood {
  readonly night: boolean
  readonly hue: number
  readonly warmHue: number
  readonly sea: boolean
  readonly steepness: number
}

/** `columns` is the image's width in pixels; shares are of its height, `aspect` is width ÷ height. */
export function composeScene(seed: string, prompt: string, columns: number, aspect: number): Scene {
  const seeded = createSeeded(seed)
  const mood = readMood(prompt, seeded)
  const skyTop = mood.night ? oklch(0.22, 0.06, mood.hue) : oklch(0.62, 0.1, mood.hue)
  const skyLow = mood.night ? oklch(0.42, 0.07, mood.hue - 45) : oklch(0.9, 0.07, mood.warmHue)
  const disc = {
    x: seeded.between(0.2, 0.8) * aspect,
    y: seeded.between(0.2, 0.42),
    radius: seeded.between(0.045, 0.1),
    color: mood.night ? oklch(0.95, 0.02, 95) : oklch(0.97, 0.06, mood.warmHue),
  }
  return {
    skyTop,
    skyLow,
    glow: mood.night ? oklch(0.8, 0.05, 95) : oklch(0.93, 0.12, mood.warmHue),
    disc,
    ridges: composeRidges(seeded, mood, skyLow, columns, aspect),
    stars: mood.night ? composeStars(seeded, aspect) : [],
    waterline: mood.sea ? seeded.between(0.74, 0.82) : 1,
  }
}

function readMood(prompt: string, seeded: Seeded): Mood {
  const has = (pattern: RegExp) => pattern.test(prompt)
  const dusk = has(/\b(sunset|dusk|sunrise|dawn|desert|autumn|fire|warm)\b/i)
  const day = dusk || has(/\b(morning|noon|sun|sunny|day|spring|summer)\b/i)
  const asNight = seeded.next() < 0.25 && !day
  const night = asNight || has(/\b(night|moon|midnight|stars?|dark|galaxy|space)\b/i)
  const green = has(/\b(forest|jungle|garden|meadow|spring|green|tree|trees)\b/i)
  return {
    night,
    hue: green ? seeded.between(150, 190) : seeded.between(215, 300),
    warmHue: dusk ? seeded.between(35, 60) : seeded.between(20, 110),
    sea: has(/\b(sea|ocean|lake|river|harbou?r|beach|water|island|boat)\b/i) || seeded.next() < 0.4,
    steepness: has(/\b(mountains?|alps?|peaks?|cliffs?)\b/i) ? 1.7 : seeded.between(0.7, 1.3),
  }
}

function composeRidges(
  seeded: Seeded,
  mood: Mood,
  haze: Rgb,
  columns: number,
  aspect: number,
): readonly Ridge[] {
  const count = 4 + Math.floor(seeded.next() * 3)
  const near = mood.night ? oklch(0.16, 0.04, mood.hue) : oklch(0.3, 0.07, mood.hue)
  return Array.from({ length: count }, (_, index) => {
    const depth = index / (count - 1)
    return {
      color: mix(haze, near, 0.18 + 0.82 * depth ** 1.2),
      tops: ridgeLine(
        seeded,
        columns,
        aspect,
        0.46 + 0.38 * depth,
        0.11 * mood.steepness * (1 - 0.45 * depth),
      ),
    }
  })
}

/** Layered waves, coarse to fine: the finer, the lower. */
function ridgeLine(
  seeded: Seeded,
  columns: number,
  aspect: number,
  base: number,
  height: number,
): Float32Array {
  const waves = Array.from({ length: 8 }, (_, octave) => ({
    frequency: seeded.between(1.1, 2.3) * 1.9 ** octave,
    phase: seeded.between(0, Math.PI * 2),
    strength: 0.55 ** octave,
  }))
  return Float32Array.from({ length: columns }, (_, column) => {
    const x = (column / columns) * aspect
    const sum = waves.reduce(
      (total, wave) => total + wave.strength * triangleSine(x * wave.frequency * 2.4 + wave.phase),
      0,
    )
    return base - height * sum
  })
}

/** Between a sine and a triangle, for slopes with edges. */
function triangleSine(angle: number): number {
  return 0.5 * Math.sin(angle) + (0.5 * Math.asin(Math.sin(angle))) / (Math.PI / 2)
}

function composeStars(seeded: Seeded, aspect: number): Scene['stars'] {
  return Array.from({ length: 140 }, () => ({
    x: seeded.next() * aspect,
    y: seeded.next() ** 1.4 * 0.6,
    light: seeded.between(0.3, 1),
  }))
}
