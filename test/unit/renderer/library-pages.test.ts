import { describe, expect, it } from 'vitest'
import type { CreationView } from '#shared/host/views.ts'
import {
  appendCreations,
  NO_CREATIONS,
  refreshCreations,
  withoutCreation,
} from '../../../src-renderer/features/library/loaded-creations.ts'
import {
  formatLibraryQuery,
  libraryInput,
  parseLibraryQuery,
} from '../../../src-renderer/features/library/library-query.ts'

function creation(id: string): CreationView {
  return {
    id,
    studio: 'image',
    operationId: 'operation',
    createdAt: 0,
    prompt: id,
    modelName: 'M',
    subject: '',
    mediaType: 'image/png',
    bytes: 1,
    url: `/${id}`,
    width: 1,
    height: 1,
    durationMs: null,
    settings: {},
    ending: null,
  }
}
const page = (ids: string, nextBefore: string | null) => ({
  creations: [...ids].map(creation),
  nextBefore,
})
const ids = ({ creations }: { readonly creations: readonly CreationView[] }) =>
  creations.map(({ id }) => id).join('')

describe('the loaded part of the library', () => {
  it('grows at the end without doubles', () => {
    const loaded = appendCreations(
      appendCreations(NO_CREATIONS, page('dc', 'c')),
      page('cba', null),
    )
    expect(ids(loaded)).toBe('dcba')
    expect(loaded.nextBefore).toBeNull()
  })

  it('takes new creations on top and keeps the older pages', () => {
    const refreshed = refreshCreations(page('dcba', 'a'), page('edc', 'c'))
    expect(ids(refreshed)).toBe('edcba')
    expect(refreshed.nextBefore).toBe('a')
  })

  it('loses what was deleted within the page, and starts over without an overlap', () => {
    expect(ids(refreshCreations(page('dcba', 'a'), page('db', 'b')))).toBe('dba')
    expect(ids(refreshCreations(page('ba', 'a'), page('zy', 'y')))).toBe('zy')
    expect(ids(refreshCreations(page('ba', null), page('b', null)))).toBe('b')
  })

  it('loses a deleted one at once', () => {
    expect(ids(withoutCreation(page('cba', null), 'b'))).toBe('ca')
  })
})

describe('the address of the library', () => {
  it('holds the studio and the words', () => {
    const query = { studio: 'voice', search: 'a & b' } as const
    expect(parseLibraryQuery(formatLibraryQuery(query))).toEqual(query)
    expect(parseLibraryQuery('studio=chat')).toEqual({ studio: null, search: '' })
  })

  it('asks the host only for what narrows', () => {
    expect(libraryInput({ studio: null, search: '  ' })).toEqual({})
    expect(libraryInput({ studio: 'image', search: ' x ' })).toEqual({
      studio: 'image',
      search: 'x',
    })
  })
})
