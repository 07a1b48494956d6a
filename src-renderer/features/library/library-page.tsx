import { useMemo, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { Images, Search } from 'lucide-react'
import type { CreationView } from '#shared/host/views.ts'
import { Button, ButtonLink } from '../../kit/button.tsx'
import { EmptyState, ErrorState } from '../../kit/empty-state.tsx'
import { SearchInput } from '../../kit/search-input.tsx'
import { Select } from '../../kit/select.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { DeleteCreation } from '../../components/delete-creation.tsx'
import { CreationDialog } from '../../components/creation-dialog.tsx'
import { CreationGrid } from './creation-grid.tsx'
import {
  formatLibraryQuery,
  type LibraryQuery,
  type LibraryStudio,
  parseLibraryQuery,
} from './library-query.ts'
import { type Library, useLibrary } from './use-library.ts'
import styles from './library.module.css'

const STUDIO_OPTIONS = [
  { value: 'all', label: 'Everything' },
  { value: 'image', label: 'Pictures' },
  { value: 'voice', label: 'Recordings' },
] as const

/** Everything that was made: pictures and recordings, newest first. */
export function LibraryPage() {
  const [query, change] = useLibraryQuery()
  const library = useLibrary(query)
  const [open, setOpen] = useState<CreationView | null>(null)
  const [deleting, setDeleting] = useState<CreationView | null>(null)
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <div className={styles.bar}>
          <SearchInput
            label="Search the library"
            placeholder="Search prompts"
            value={query.search}
            icon={<Search size={16} aria-hidden />}
            onChange={(search) => change({ ...query, search })}
          />
          <Select<LibraryStudio | 'all'>
            label="Show"
            hideLabel
            value={query.studio ?? 'all'}
            options={STUDIO_OPTIONS}
            onChange={(studio) => change({ ...query, studio: studio === 'all' ? null : studio })}
          />
        </div>
      </div>
      <LibraryBody
        library={library}
        query={query}
        onOpen={setOpen}
        onClear={() => change({ studio: null, search: '' })}
      />
      <CreationDialog creation={open} onClose={() => setOpen(null)} onDelete={setDeleting} />
      <DeleteCreation
        creation={deleting}
        onDone={() => setDeleting(null)}
        onDeleted={() => {
          if (deleting) library.forget(deleting.id)
          setOpen(null)
        }}
      />
    </div>
  )
}

function useLibraryQuery() {
  const search = useSearch()
  const [, navigate] = useLocation()
  const query = useMemo(() => parseLibraryQuery(search), [search])
  const change = (next: LibraryQuery) => {
    const text = formatLibraryQuery(next)
    navigate(text === '' ? '/library' : `/library?${text}`, { replace: true })
  }
  return [query, change] as const
}

interface LibraryBodyProps {
  readonly library: Library
  readonly query: LibraryQuery
  readonly onOpen: (creation: CreationView) => void
  readonly onClear: () => void
}

function LibraryBody({ library, query, onOpen, onClear }: LibraryBodyProps) {
  if (library.creations.length > 0) {
    return <CreationGrid key={formatLibraryQuery(query)} library={library} onOpen={onOpen} />
  }
  if (library.loading) {
    return (
      <div className={styles.waiting}>
        <Skeleton label="Loading the library" lines={3} height={160} />
      </div>
    )
  }
  if (library.error) return <ErrorState error={library.error} onRetry={library.reload} />
  const narrowed = query.studio !== null || query.search.trim() !== ''
  if (narrowed) {
    return (
      <EmptyState
        icon={<Images size={24} aria-hidden />}
        title="Nothing matches"
        text="Search for other words, or look at everything."
      >
        <Button onClick={onClear}>Show everything</Button>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<Images size={24} aria-hidden />}
      title="Nothing made yet"
      text="Every picture and recording you make is kept here, on this machine."
    >
      <ButtonLink href="/image" variant="primary">
        Make a picture
      </ButtonLink>
      <ButtonLink href="/voice">Turn text into speech</ButtonLink>
    </EmptyState>
  )
}
