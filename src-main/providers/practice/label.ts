/** The word PRACTICE in a tiny bitmap face, set discreetly in the lower right corner. */

const GLYPHS: Readonly<Record<string, readonly string[]>> = {
  P: ['1110', '1001', '1001', '1110', '1000', '1000', '1000'],
  R: ['1110', '1001', '1001', '1110', '1010', '1001', '1001'],
  A: ['0110', '1001', '1001', '1111', '1001', '1001', '1001'],
  C: ['0111', '1000', '1000', '1000', '1000', '1000', '0111'],
  T: ['11111', '00100', '00100', '00100', '00100', '00100', '00100'],
  I: ['111', '010', '010', '010', '010', '010', '111'],
  E: ['1111', '1000', '1000', '1110', '1000', '1000', '1111'],
}
const ROWS = 7

/** True where the label covers a pixel of a `width` × `height` image. */
export function createLabel(width: number, height: number): (x: number, y: number) => boolean {
  const lines = Array.from({ length: ROWS }, (_, row) =>
    Array.from('PRACTICE', (letter) => GLYPHS[letter]?.[row] ?? '').join('00'),
  )
  const columns = lines[0]?.length ?? 0
  const dot = Math.max(1, Math.round(Math.min(width, height) / 512))
  const margin = dot * 10
  const left = width - margin - columns * dot
  const top = height - margin - ROWS * dot
  return (x, y) => {
    if (y < top || x < left) return false
    return lines[Math.floor((y - top) / dot)]?.[Math.floor((x - left) / dot)] === '1'
  }
}
