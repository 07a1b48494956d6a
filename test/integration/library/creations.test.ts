import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Library } from '../../../src-main/library/library.ts'
import { code, data, ending, newCreation, open, temporaryDirectory, uuidOf } from './fixture.ts'

let directory: string
let library: Library

beforeEach(() => {
  directory = temporaryDirectory()
  library = open(directory)
})
afterEach(() => {
  library.close()
  fs.rmSync(directory, { recursive: true, force: true })
})

const ids = (page = library.libraryPage({ limit: 200 })) => page.creations.map(({ id }) => id)

describe('a creation', () => {
  test('is listed with all it was made with, and its file serves its very bytes', () => {
    const made = newCreation(1)
    const view = data(library.addCreation(made))
    expect(view).toMatchObject({
      id: uuidOf(1),
      url: `/media/${uuidOf(1)}`,
      mediaType: 'image/png',
      bytes: 1_000,
      width: 512,
      durationMs: null,
      settings: { shape: 'square', count: 1 },
      subject: 'Design',
      ending: null,
    })
    const media = library.mediaFile(view.id)
    expect(media).toMatchObject({ mediaType: 'image/png', bytes: 1_000 })
    expect([...fs.readFileSync(media?.path ?? '')]).toEqual([...made.file.bytes])
  })

  test('gets the ending of its run, and keeps it', () => {
    const operationId = uuidOf(50)
    data(library.addCreation(newCreation(1, { operationId })))
    data(library.addCreation(newCreation(2, { operationId })))
    data(library.addCreation(newCreation(3)))
    expect(library.unendedOperations()).toContain(operationId)
    data(library.endCreations(operationId, ending))
    library.close()
    library = open(directory)
    expect(library.creationsOf(operationId).map((made) => [made.id, made.ending])).toEqual([
      [uuidOf(1), ending],
      [uuidOf(2), ending],
    ])
    expect(library.unendedOperations()).toEqual([newCreation(3).operationId])
  })

  test('added twice is there once, as it was', () => {
    const first = data(library.addCreation(newCreation(1)))
    expect(data(library.addCreation(newCreation(1, { prompt: 'other' })))).toEqual(first)
    expect(ids()).toEqual([uuidOf(1)])
  })

  test('deleted is gone from the list and the disk, and does not come back', () => {
    data(library.addCreation(newCreation(1)))
    const path = library.mediaFile(uuidOf(1))?.path ?? ''
    data(library.deleteCreation(uuidOf(1)))
    expect(ids()).toEqual([])
    expect(fs.existsSync(path)).toBe(false)
    expect(library.mediaFile(uuidOf(1))).toBeUndefined()
    expect(library.creationsOf(newCreation(1).operationId)).toEqual([])
    expect(code(library.deleteCreation(uuidOf(1)))).toBe('creation_not_found')
    expect(code(library.deleteCreation(uuidOf(404)))).toBe('creation_not_found')
    expect(code(library.addCreation(newCreation(1)))).toBe('id_taken')
  })

  test('leaves none of its prompt behind when deleted', () => {
    data(library.addCreation(newCreation(1, { prompt: 'unmistakable-secret-prompt' })))
    data(library.deleteCreation(uuidOf(1)))
    library.close()
    expect(fs.readFileSync(join(directory, 'library.sqlite'), 'latin1')).not.toContain('mistakable')
  })

  test('whose file is missing is still listed, and can be deleted', () => {
    data(library.addCreation(newCreation(1)))
    fs.rmSync(library.mediaFile(uuidOf(1))?.path ?? '')
    expect(ids()).toEqual([uuidOf(1)])
    expect(library.mediaFile(uuidOf(1))).toBeUndefined()
    data(library.deleteCreation(uuidOf(1)))
  })

  test.each(['image/svg+xml', 'text/html', 'application/octet-stream', 'toString', ''])(
    'of a kind a browser might run is refused: %s',
    (mediaType) => {
      const made = newCreation(1)
      const refused = library.addCreation({ ...made, file: { ...made.file, mediaType } })
      expect(code(refused)).toBe('media_not_supported')
      expect(fs.readdirSync(join(directory, 'media'))).toEqual([])
    },
  )

  test('is kept under the plain name of its media type', () => {
    const made = newCreation(1)
    const file = { ...made.file, mediaType: 'Audio/X-WAV; codecs=1' }
    expect(data(library.addCreation({ ...made, file })).mediaType).toBe('audio/wav')
  })
})

describe('a media file', () => {
  test.each([
    '../library.sqlite',
    '..%2Flibrary.sqlite',
    `${uuidOf(1)}/../../library.sqlite`,
    `${uuidOf(1)}\0`,
    uuidOf(1).toUpperCase().replace('7', 'A'),
    '',
    'media',
  ])('is never found by %j', (id) => {
    data(library.addCreation(newCreation(1)))
    expect(library.mediaFile(id)).toBeUndefined()
  })

  test.runIf(process.platform !== 'win32')('is never a link to somewhere else', () => {
    data(library.addCreation(newCreation(1)))
    const path = library.mediaFile(uuidOf(1))?.path ?? ''
    fs.rmSync(path)
    fs.symlinkSync(join(directory, 'library.sqlite'), path)
    expect(library.mediaFile(uuidOf(1))).toBeUndefined()
  })

  test.runIf(process.platform !== 'win32')(
    'is only the user’s, like the rest of the library',
    () => {
      data(library.addCreation(newCreation(1)))
      const mode = (path: string) => fs.statSync(path).mode & 0o777
      expect(mode(library.mediaFile(uuidOf(1))?.path ?? '')).toBe(0o600)
      expect(mode(join(directory, 'library.sqlite'))).toBe(0o600)
      expect(mode(join(directory, 'library.sqlite-wal'))).toBe(0o600)
      expect(mode(join(directory, 'media'))).toBe(0o700)
      expect(mode(directory)).toBe(0o700)
    },
  )
})

describe('the library page', () => {
  beforeEach(() => {
    for (let number = 1; number <= 7; number++) {
      data(
        library.addCreation(
          newCreation(number, {
            studio: number % 2 === 0 ? 'voice' : 'image',
            prompt: ['A red fox', 'Über den Wolken', '100% wool_sock', "Robert'); DROP"][
              number % 4
            ]!,
          }),
        ),
      )
    }
  })

  const pages = (query: { studio?: 'image'; search?: string }, limit: number) => {
    const seen: string[][] = []
    let before: string | undefined
    do {
      const page = library.libraryPage({ ...query, limit, before })
      seen.push(ids(page))
      before = page.nextBefore ?? undefined
    } while (before !== undefined)
    return seen
  }

  test('goes from the newest to the oldest, each once', () => {
    expect(pages({}, 3)).toEqual([
      [uuidOf(7), uuidOf(6), uuidOf(5)],
      [uuidOf(4), uuidOf(3), uuidOf(2)],
      [uuidOf(1)],
    ])
    expect(pages({}, 7)).toHaveLength(1)
    expect(pages({ studio: 'image' }, 2)).toEqual([
      [uuidOf(7), uuidOf(5)],
      [uuidOf(3), uuidOf(1)],
    ])
  })

  test('goes on from a creation deleted meanwhile', () => {
    const first = library.libraryPage({ limit: 3 })
    data(library.deleteCreation(uuidOf(5)))
    const second = library.libraryPage({ limit: 3, before: first.nextBefore ?? undefined })
    expect(ids(second)).toEqual([uuidOf(4), uuidOf(3), uuidOf(2)])
  })

  test.each([
    ['FOX red', [4]],
    ['uber', [5, 1]],
    ['ÜBER WOLKEN', [5, 1]],
    ['100%', [6, 2]],
    ['%', [6, 2]],
    ['wool_', [6, 2]],
    ['_', [6, 2]],
    ["');", [7, 3]],
    ['fox wolken', []],
    ['   ', [7, 6, 5, 4, 3, 2, 1]],
  ])('finds %j without case or accents, taking every character as itself', (search, found) => {
    expect(ids(library.libraryPage({ search, limit: 10 }))).toEqual(found.map(uuidOf))
  })
})
