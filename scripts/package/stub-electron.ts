import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { electronVersion } from '../electron/find.ts'

/** Marks the place of the fuses in Electron's binary; see @electron/fuses. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FUSES = 8
const OFF = '0'

/**
 * Lays out just enough of an Electron distribution for electron-builder to package around, so that
 * packaging is tested on machines where the real one cannot be had.
 */
export async function writeStubElectron(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'resources'), { recursive: true })
  const wire = Buffer.concat([
    Buffer.from(FUSE_SENTINEL),
    Buffer.from([1, FUSES]),
    Buffer.from(OFF.repeat(FUSES)),
  ])
  await writeFile(path.join(folder, 'electron'), wire)
  await chmod(path.join(folder, 'electron'), 0o755)
  await writeFile(path.join(folder, 'version'), electronVersion())
  await writeFile(path.join(folder, 'LICENSE'), '')
  await writeFile(path.join(folder, 'LICENSES.chromium.html'), '')
}

/** The fuses of a packaged binary as a string of 0 and 1, in the order of @electron/fuses. */
export function fusesOf(binary: Buffer): string {
  const start = binary.indexOf(FUSE_SENTINEL)
  if (start < 0) return ''
  const wire = start + FUSE_SENTINEL.length + 2
  return binary.toString('latin1', wire, wire + FUSES)
}
