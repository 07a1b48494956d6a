/** Disks as folders in memory: copied as they are at a moment, whoever has them open. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Chance } from '../chance.ts'

export interface Disk {
  readonly directory: string
  readonly secrets: Map<string, string>
}

export interface Disks {
  make(): Disk
  /** What a machine that dies now, or whose disk is copied now, has. */
  copy(disk: Disk): Disk
  remove(disk: Disk): void
  removeAll(): void
}

/** Rebuilt by whoever opens the files next. */
const LOCKS = /(-shm|\.lock|\.lock-journal)$/
const MEMORY = '/dev/shm'

export function createDisks(): Disks {
  const place = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'tallystick-sim-'))
  let made = 0
  const make = (): Disk => {
    const directory = join(place, String(++made))
    mkdirSync(directory)
    return { directory, secrets: new Map() }
  }
  return {
    make,
    copy({ directory, secrets }) {
      const copy = make()
      cpSync(directory, copy.directory, {
        recursive: true,
        filter: (source) => !LOCKS.test(source),
      })
      for (const [name, value] of secrets) copy.secrets.set(name, value)
      return copy
    },
    remove: ({ directory }) => rmSync(directory, { recursive: true, force: true }),
    removeAll: () => rmSync(place, { recursive: true, force: true }),
  }
}

const WAL = 'ledger.sqlite-wal'
const MAIN = 'ledger.sqlite'

/**
 * Of `before` and what came after it, a disk on which the last write to the ledger's log stopped in the
 * middle. False where the log was folded meanwhile, which waits until the log is durable.
 */
export function tear(before: Disk, after: Disk, chance: Chance): boolean {
  const [old, fresh] = [before, after].map((disk) => readOr(join(disk.directory, WAL)))
  const mains = [before, after].map((disk) => readOr(join(disk.directory, MAIN)))
  if (!old || !fresh || !mains[0]?.equals(mains[1] ?? Buffer.alloc(0))) return false
  const longer = Math.max(old.length, fresh.length)
  let [first, last] = [longer, 0]
  for (let at = 0; at < longer; at++) {
    if (old[at] === fresh[at]) continue
    first = Math.min(first, at)
    last = at
  }
  if (first >= last) return false
  // The last byte is not there, or the write had been whole.
  const cut = chance.between(first, last)
  const torn = Buffer.concat([fresh.subarray(0, cut), old.subarray(cut)])
  writeFileSync(join(after.directory, WAL), torn)
  return true
}

/** What was never made durable is lost: of files that can be made anew, the end of the log. */
export function losePower(disk: Disk, chance: Chance): void {
  for (const name of ['records.sqlite-wal']) {
    const file = join(disk.directory, name)
    const bytes = readOr(file)
    if (bytes.length > 0) writeFileSync(file, bytes.subarray(0, chance.below(bytes.length + 1)))
  }
}

const readOr = (file: string) => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0))
