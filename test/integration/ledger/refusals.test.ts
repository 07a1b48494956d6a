import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { schemaVersion } from '../../../src-main/files/schema.ts'
import { migrate, MIGRATIONS, SCHEMA_VERSION } from '../../../src-main/ledger/database.ts'
import { openLedger } from '../../../src-main/ledger/open.ts'
import {
  codeOf,
  endingOf,
  grantDraft,
  ledgerPorts,
  openTestLedger,
  operationOf,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'
import { file, folder, freshFolder, open, removeFolder } from '../../support/ledger-file.ts'

describe('opening a ledger', () => {
  beforeEach(freshFolder)
  afterEach(removeFolder)

  it('makes a folder and files that only the user can read', async () => {
    const directory = join(folder.path, 'new')
    const ledger = openTestLedger(directory)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    for (const name of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.lock']) {
      expect(statSync(join(directory, name)).mode & 0o077).toBe(0)
    }
    await ledger.close()
  })

  it('refuses a second instance, in this process too', async () => {
    const ledger = openTestLedger(folder.path)
    expect(codeOf(open())).toBe('ledger_in_use')
    await ledger.close()
    const again = open()
    expect(codeOf(again)).toBe('ok')
    await unwrap(again).close()
  })

  it('refuses a ledger of a newer app and leaves it as it is', async () => {
    await openTestLedger(folder.path).close()
    const db = new DatabaseSync(file())
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
    db.close()
    const before = readFileSync(file())
    expect(open()).toMatchObject({
      ok: false,
      error: { code: 'ledger_newer', details: { version: SCHEMA_VERSION + 1 } },
    })
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  it.each(MIGRATIONS.map((_, version) => version))(
    'opens a ledger of format %i',
    async (version) => {
      const db = new DatabaseSync(file())
      migrate(db, version)
      db.close()
      const ledger = unwrap(open())
      unwrap(ledger.append([grantDraft('plan', 1)]))
      await ledger.close()
      const after = new DatabaseSync(file())
      expect(schemaVersion(after)).toBe(SCHEMA_VERSION)
      after.close()
    },
  )

  it('refuses a file that is no database, and offers what it has', () => {
    writeFileSync(file(), 'This is not a ledger. '.repeat(100))
    expect(open()).toMatchObject({
      ok: false,
      error: { code: 'ledger_damaged', details: { lastGoodSequence: 0, lastBackup: null } },
    })
    expect(readFileSync(file(), 'utf8')).toMatch(/^This is not a ledger/)
  })

  it('says so when the folder is a file, or may not be made', () => {
    const path = join(folder.path, 'file')
    writeFileSync(path, '')
    const result = openLedger(join(path, 'ledger'), ledgerPorts(testClock()))
    expect(result.ok).toBe(false)
    expect(codeOf(result)).toMatch(/^ledger_(io|not_writable)$/)
  })

  it('says so when the folder is read-only', async () => {
    await openTestLedger(folder.path).close()
    rmSync(join(folder.path, 'ledger.lock'), { force: true })
    if (process.getuid?.() === 0) {
      // Permissions do not bind root; a process of another user must try.
      const program = join(import.meta.dirname, 'programs/open-as-nobody.ts')
      chmodSync(folder.path, 0o755)
      const said = execFileSync(process.execPath, [program, folder.path], { encoding: 'utf8' })
      expect(said.trim()).toBe('ledger_not_writable')
    } else {
      chmodSync(folder.path, 0o500)
      expect(codeOf(open())).toBe('ledger_not_writable')
      chmodSync(folder.path, 0o700)
    }
  })
})

describe('a full disk', () => {
  let folder = temporaryFolder()
  let mounted = false

  beforeEach(() => {
    folder = temporaryFolder()
    mounted = mountSmall(folder.path)
  })
  afterEach(() => {
    if (mounted) execFileSync('umount', ['-l', folder.path])
    folder.remove()
  })

  it('records nothing it cannot keep, keeps everything else, and goes on when there is space', async (context) => {
    if (!mounted) context.skip('a small file system can be mounted by root on Linux only')
    const directory = join(folder.path, 'ledger')
    const ledger = openTestLedger(directory)
    unwrap(ledger.append([grantDraft('plan', 1_000)]))
    unwrap(ledger.authorize(operationOf('held-before', 1)))
    fillDisk()
    const codes: string[] = []
    let acknowledged = ledger.head()
    for (let n = 0; n < 2_000 && codes.length === 0; n++) {
      const result = ledger.authorize(operationOf(`op-${n}`, 0.002))
      if (result.ok) acknowledged = ledger.head()
      else codes.push(result.error.code)
    }
    expect(codes).toEqual(['disk_full'])
    expect(ledger.head()).toEqual(acknowledged)
    expect(codeOf(ledger.settle('held-before', endingOf(1)))).toBe('disk_full')
    expect(ledger.openHolds()[0]?.operation.operationId).toBe('held-before')
    rmSync(join(folder.path, 'filler'))
    unwrap(ledger.settle('held-before', endingOf(1)))
    const head = ledger.head()
    const buckets = ledger.buckets()
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
    await ledger.close()
    const again = openTestLedger(directory)
    expect(again.head()).toEqual(head)
    expect(again.buckets()).toEqual(buckets)
    await again.close()
  })

  it('fails a backup without harming the earlier one', async (context) => {
    if (!mounted) context.skip('a small file system can be mounted by root on Linux only')
    const ledger = openTestLedger(join(folder.path, 'ledger'))
    unwrap(ledger.append([grantDraft('plan', 1_000)]))
    const first = unwrap(await ledger.backup())
    fillDisk()
    expect(codeOf(await ledger.backup())).toBe('disk_full')
    expect(ledger.lastBackup()).toEqual(first)
    await ledger.close()
  })

  function fillDisk(): void {
    const filler = join(folder.path, 'filler')
    writeFileSync(filler, '')
    for (const size of [65_536, 4_096]) {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
      }
    }
  }
})

/** A file system of two megabytes at `path`, where that is possible. */
function mountSmall(path: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/bin/mount')) {
    return false
  }
  try {
    mkdirSync(path, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
