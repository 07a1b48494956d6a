import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCreations } from '../../../src-main/library/creations.ts'
import { migrate, MIGRATIONS, openDatabase } from '../../../src-main/library/database.ts'
import { openLibrary } from '../../../src-main/library/library.ts'
import { openMediaFiles } from '../../../src-main/library/media-files.ts'
import { createThreads } from '../../../src-main/library/threads.ts'
import {
  code,
  data,
  newCreation,
  open,
  steppingClock,
  temporaryDirectory,
  uuidOf,
} from './fixture.ts'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const file = () => join(directory, 'library.sqlite')
const tryOpen = () => openLibrary(directory, { clock: steppingClock() })

function fill(): void {
  const library = open(directory)
  data(library.createThread(uuidOf(1)))
  data(library.addUserMessage({ id: uuidOf(2), threadId: uuidOf(1), parentId: null, text: 'Hi' }))
  data(library.addCreation(newCreation(3)))
  library.close()
}

describe('opening', () => {
  test('finds everything again', () => {
    fill()
    const library = open(directory)
    expect(data(library.openThread(uuidOf(1))).messages).toHaveLength(1)
    expect(library.libraryPage({ limit: 10 }).creations).toHaveLength(1)
    expect(library.damage).toBeNull()
    library.close()
    library.close()
  })

  test.each(MIGRATIONS.map((_, version) => version))(
    'brings a library of format %i up to date',
    (version) => {
      const db = new DatabaseSync(file())
      migrate(db, version)
      db.close()
      const library = open(directory)
      expect(library.damage).toBeNull()
      data(library.createThread(uuidOf(1)))
      data(library.addCreation(newCreation(3)))
      library.close()
    },
  )

  test('refuses one of a newer app, and changes nothing', () => {
    fill()
    const db = new DatabaseSync(file())
    db.exec('PRAGMA user_version = 999')
    db.close()
    const before = fs.readFileSync(file())
    expect(code(tryOpen())).toBe('library_newer')
    expect(fs.readFileSync(file()).equals(before)).toBe(true)
  })

  test.each([
    [
      'overwritten with something else',
      () => fs.writeFileSync(file(), 'not a database'.repeat(999)),
    ],
    ['cut short', () => fs.truncateSync(file(), 5_000)],
    [
      'scribbled over in the middle',
      () => {
        const bytes = fs.readFileSync(file())
        fs.writeFileSync(file(), bytes.fill(0xa5, 4_096 * 2))
      },
    ],
  ])('sets aside one that was %s, with its media, and starts afresh', (_, damage) => {
    fill()
    damage()
    const library = open(directory)
    expect(library.damage).toContain('quarantine')
    expect(library.listThreads()).toEqual([])
    data(library.addCreation(newCreation(9)))
    library.close()
    const [kept = ''] = fs.readdirSync(join(directory, 'quarantine'))
    expect(fs.readdirSync(join(directory, 'quarantine', kept)).sort()).toContain('library.sqlite')
    const media = fs.readdirSync(join(directory, 'quarantine', kept, 'media'))
    expect(media).toEqual([`${uuidOf(3)}.png`])
    const again = open(directory)
    expect(again.damage).toBeNull()
    again.close()
  })

  test('says so when the folder is a file', () => {
    const path = join(directory, 'file')
    fs.writeFileSync(path, '')
    expect(openLibrary(path, { clock: steppingClock() }).ok).toBe(false)
  })
})

describe('on a full disk', () => {
  test('a message or creation is refused whole, and all that was there stays', () => {
    const db = openDatabase(file(), { check: false })
    const clock = steppingClock()
    const threads = createThreads(db, clock)
    const creations = createCreations(db, openMediaFiles(join(directory, 'media')), clock)
    data(threads.createThread(uuidOf(1)))
    const say = (id: number, text: string) =>
      threads.addUserMessage({ id: uuidOf(id), threadId: uuidOf(1), parentId: null, text })
    data(say(2, 'Before'))
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
    db.exec(`PRAGMA max_page_count = ${pages}`)
    const long = 'long '.repeat(10_000)
    expect(code(say(3, long))).toBe('disk_full')
    expect(code(creations.addCreation(newCreation(4, { prompt: long })))).toBe('disk_full')
    expect(fs.readdirSync(join(directory, 'media'))).toEqual([])
    expect(data(threads.openThread(uuidOf(1))).messages.map(({ text }) => text)).toEqual(['Before'])
    db.exec('PRAGMA max_page_count = 1000000')
    data(say(3, long))
    data(creations.addCreation(newCreation(4, { prompt: long })))
    db.close()
  })
})

describe('killed while it makes things', () => {
  test('lists no half file, and keeps no rubbish', { timeout: 60_000 }, async () => {
    for (const delay of [0, 3, 11, 40, 90]) {
      await makeThingsAndKill(delay)
      // What a kill leaves at any other moment: a half file, and a whole one nothing lists.
      fs.writeFileSync(join(directory, 'media', `${uuidOf(7)}.png.1.tmp`), 'half')
      fs.writeFileSync(join(directory, 'media', `${uuidOf(delay + 900_000)}.png`), 'unlisted')
      const library = open(directory)
      expect(library.damage).toBeNull()
      const { creations } = library.libraryPage({ limit: 100_000 })
      expect(creations.length).toBeGreaterThan(0)
      for (const { id, bytes } of creations) {
        const media = library.mediaFile(id)
        expect(media?.bytes).toBe(bytes)
        const content = fs.readFileSync(media?.path ?? '')
        expect(content.every((byte) => byte === content[0])).toBe(true)
      }
      const files = fs.readdirSync(join(directory, 'media')).filter((name) => name !== 'quarantine')
      expect(files).toHaveLength(creations.length)
      library.close()
    }
    expect(fs.readdirSync(join(directory, 'media', 'quarantine')).length).toBeGreaterThanOrEqual(5)
  })

  function makeThingsAndKill(delay: number): Promise<void> {
    const maker = join(import.meta.dirname, 'make-creations.ts')
    const child = spawn(process.execPath, [maker, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delay))
      child.once('close', () => resolve())
    })
  }
})
