/** Draws a scene row by row, as a flat sketch or as a painting, and hands it over as a PNG. */

import { mix, type Rgb } from './color.ts'
import { createLabel } from './label.ts'
import { encodePng } from './png.ts'
import { composeScene, type Scene } from './scene.ts'

export type DrawingStyle = 'sketch' | 'painting'

export interface Drawing {
  readonly prompt: string
  readonly index: number
  readonly style: DrawingStyle
  readonly width: number
  readonly height: number
}

const INK: Rgb = [38, 34, 40]
const PAPER: Rgb = [250, 246, 238]

/** The PNG's bytes; null when `pause` (awaited every few milliseconds of work) answered false. */
export function drawPng(
  drawing: Drawing,
  pause: () => Promise<boolean>,
): Promise<Uint8Array | null> {
  const { width, height, style, prompt, index } = drawing
  const seed = `${style}\n${index}\n${prompt}`
  const scene = composeScene(seed, prompt, width, width / height)
  const covered = createLabel(width, height)
  const stars = starRows(scene, height)
  const surface = style === 'sketch' ? 4 : 2.5
  return encodePng(
    width,
    height,
    (y, row) => {
      const mirrored = mirror(scene, y / height)
      const sky = skyOfRow(scene, mirrored.y, style)
      const lights = stars.get(Math.round(mirrored.y * height))
      for (let x = 0; x < width; x += 1) {
        let color = colorAt(scene, style, sky, x, mirrored.y, width, height)
        if (lights?.has(x) && color === sky) color = mix(color, [255, 255, 245], lights.get(x) ?? 0)
        if (mirrored.water) color = mix(color, scene.skyTop, 0.28 + 0.1 * ripple(x, y, width))
        if (covered(x, y)) color = mix(color, brightness(color) > 128 ? INK : PAPER, 0.55)
        put(row, x, color, grain(x, y) * surface)
      }
    },
    pause,
  )
}

/** Below the waterline the picture repeats upside down, a little squeezed. */
function mirror(scene: Scene, y: number): { readonly y: number; readonly water: boolean } {
  if (y <= scene.waterline) return { y, water: false }
  return { y: scene.waterline - (y - scene.waterline) * 1.6, water: true }
}

function skyOfRow(scene: Scene, y: number, style: DrawingStyle): Rgb {
  const share = Math.min(1, Math.max(0, y / 0.62))
  const stepped = style === 'sketch' ? Math.round(share * 6) / 6 : share
  const sky = mix(scene.skyTop, scene.skyLow, stepped)
  return style === 'sketch' ? mix(sky, PAPER, 0.35) : sky
}

function colorAt(
  scene: Scene,
  style: DrawingStyle,
  sky: Rgb,
  x: number,
  y: number,
  width: number,
  height: number,
): Rgb {
  const line = 1.2 / height
  for (let index = scene.ridges.length - 1; index >= 0; index -= 1) {
    const ridge = scene.ridges[index]
    const below = ridge ? y - (ridge.tops[x] ?? 1) : -1
    if (!ridge || below < 0) continue
    if (style === 'painting') {
      // Light catches the crest; haze gathers at the foot.
      return mix(
        mix(ridge.color, scene.glow, 0.22 * Math.exp(-below * 40)),
        sky,
        Math.min(0.3, below * 0.9),
      )
    }
    if (below < line * (1 + index * 0.5)) return INK
    return hatched(x, y * height, index)
      ? mix(ridge.color, INK, 0.16)
      : mix(ridge.color, PAPER, 0.22)
  }
  return discAt(scene, style, sky, (x / width) * (width / height), y, line)
}

function discAt(
  scene: Scene,
  style: DrawingStyle,
  sky: Rgb,
  x: number,
  y: number,
  line: number,
): Rgb {
  const distance = Math.hypot(x - scene.disc.x, y - scene.disc.y) - scene.disc.radius
  if (style === 'sketch') {
    if (Math.abs(distance) < line) return INK
    return distance < 0 ? scene.disc.color : sky
  }
  if (distance < -line) return scene.disc.color
  const halo = mix(sky, scene.glow, 0.75 * Math.exp(-Math.max(0, distance) * 7))
  return distance < line ? mix(scene.disc.color, halo, (distance + line) / (2 * line)) : halo
}

function hatched(x: number, y: number, index: number): boolean {
  const slant = index % 2 === 0 ? x + y : x - y
  const step = 9 + index
  return ((Math.floor(slant) % step) + step) % step < 1
}

function starRows(scene: Scene, height: number): Map<number, Map<number, number>> {
  const rows = new Map<number, Map<number, number>>()
  for (const { x, y, light } of scene.stars) {
    const at = Math.round(y * height)
    const row = rows.get(at) ?? new Map<number, number>()
    row.set(Math.round(x * height), light)
    rows.set(at, row)
  }
  return rows
}

function ripple(x: number, y: number, width: number): number {
  return Math.sin(y * 0.9 + Math.sin((x / width) * 9 + y * 0.13) * 2.5)
}

/** −0.5 to 0.5, the same for the same pixel. */
function grain(x: number, y: number): number {
  let mixed = Math.imul(x + 0x9e37, 0x85ebca6b) ^ Math.imul(y + 0x79b9, 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 4_294_967_296 - 0.5
}

function brightness([red, green, blue]: Rgb): number {
  return 0.3 * red + 0.59 * green + 0.11 * blue
}

function put(row: Uint8Array, x: number, color: Rgb, noise: number): void {
  for (let channel = 0; channel < 3; channel += 1) {
    row[x * 3 + channel] = Math.min(255, Math.max(0, (color[channel] ?? 0) + noise))
  }
}
