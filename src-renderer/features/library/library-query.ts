/** What the Library shows, as its address holds it. */

const LIBRARY_STUDIOS = ['image', 'voice'] as const
export type LibraryStudio = (typeof LIBRARY_STUDIOS)[number]

export interface LibraryQuery {
  /** Null shows both. */
  readonly studio: LibraryStudio | null
  readonly search: string
}

const MAX_SEARCH = 200

export function parseLibraryQuery(search: string): LibraryQuery {
  const parameters = new URLSearchParams(search)
  const studio = LIBRARY_STUDIOS.find((each) => each === parameters.get('studio')) ?? null
  return { studio, search: (parameters.get('q') ?? '').slice(0, MAX_SEARCH) }
}

/** The address, without the leading `?`; empty for everything. */
export function formatLibraryQuery({ studio, search }: LibraryQuery): string {
  const parameters = new URLSearchParams()
  if (studio) parameters.set('studio', studio)
  if (search !== '') parameters.set('q', search)
  return parameters.toString()
}

/** What the host is asked for. */
export function libraryInput({ studio, search }: LibraryQuery) {
  const words = search.trim()
  return { ...(studio ? { studio } : {}), ...(words === '' ? {} : { search: words }) }
}
