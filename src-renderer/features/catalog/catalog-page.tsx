import { useEffect, useMemo } from 'react'
import { useLocation } from 'wouter'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Page } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useHostData } from '../../state/host.ts'
import { CatalogEditor } from './catalog-editor.tsx'
import type { Json } from './document.ts'
import { lookForDraft, useDraftStore } from './draft.ts'

/** The catalog, for whoever runs the system: edited as a draft, checked, published. */
export function CatalogPage({ part }: { readonly part: string | undefined }) {
  const [, navigate] = useLocation()
  const looked = useDraftStore((state) => state.looked)
  const catalogs = useHostData('catalog.read', {}, { refreshOn: ['catalog'] })
  const version = catalogs.data?.inForce.version
  const source = useHostData(
    'catalog.source',
    { version: version ?? '' },
    { enabled: version !== undefined },
  )
  const text = source.data?.text
  const inForce = useMemo(() => (text === undefined ? null : (JSON.parse(text) as Json)), [text])
  useEffect(() => void lookForDraft(), [])
  const error = catalogs.error ?? source.error
  return (
    <Page>
      {catalogs.data && inForce !== null && looked && (
        <CatalogEditor
          catalogs={catalogs.data}
          inForce={inForce}
          part={part ?? ''}
          onPart={(next) => navigate(`/catalog/${next}`, { replace: true })}
          onPublished={catalogs.reload}
        />
      )}
      {inForce === null && error && (
        <ErrorState
          error={error}
          onRetry={() => {
            catalogs.reload()
            source.reload()
          }}
        />
      )}
      {inForce === null && !error && <Skeleton label="Loading the catalog" lines={8} height={32} />}
    </Page>
  )
}
