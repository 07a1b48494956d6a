/** Writes a PNG without holding up the host: rows come in bands, and zlib works on its own thread. */

import { constants, createDeflate, crc32, type Deflate } from 'node:zlib'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const RGB = 2
const FILTER_SUB = 1
const CHANNELS = 3

/** Fills `row` (RGB bytes) for line `y`. */
export type DrawRow = (y: number, row: Uint8Array) => void

/**
 * An 8-bit RGB PNG. `pause` is awaited between bands of rows; when it answers false the drawing
 * stops and the result is null.
 */
export async function encodePng(
  width: number,
  height: number,
  drawRow: DrawRow,
  pause: () => Promise<boolean>,
): Promise<Uint8Array | null> {
  const deflate = createDeflate({ level: 6, strategy: constants.Z_FILTERED })
  const compressed = collect(deflate)
  const rowsPerBand = Math.max(1, Math.floor(16_384 / width))
  for (let top = 0; top < height; top += rowsPerBand) {
    const rows = Math.min(rowsPerBand, height - top)
    deflate.write(drawBand(width, top, rows, drawRow))
    if (!(await pause())) {
      deflate.destroy()
      return null
    }
  }
  deflate.end()
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, RGB)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('tEXt', Buffer.from('Comment\0Practice image', 'latin1')),
    chunk('IDAT', await compressed),
    chunk('IEND', new Uint8Array()),
  ])
}

function drawBand(width: number, top: number, rows: number, drawRow: DrawRow): Uint8Array {
  const stride = width * CHANNELS
  const band = new Uint8Array(rows * (stride + 1))
  const row = new Uint8Array(stride)
  for (let line = 0; line < rows; line += 1) {
    drawRow(top + line, row)
    const start = line * (stride + 1)
    band[start] = FILTER_SUB
    for (let at = 0; at < stride; at += 1) {
      band[start + 1 + at] = (row[at] ?? 0) - (row[at - CHANNELS] ?? 0)
    }
  }
  return band
}

function collect(deflate: Deflate): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  deflate.on('data', (piece: Uint8Array) => pieces.push(piece))
  return new Promise((resolve) => deflate.on('end', () => resolve(Buffer.concat(pieces))))
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
