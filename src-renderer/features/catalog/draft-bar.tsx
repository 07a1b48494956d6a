import { useState } from 'react'
import type { CatalogChange } from '#shared/catalog/diff.ts'
import type { CatalogsView } from '#shared/host/catalog-views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { plural } from '../../kit/format.ts'
import { Time } from '../../kit/time.tsx'
import { type Draft, dropDraft } from './draft.ts'
import { PublishDialog } from './publish-dialog.tsx'
import styles from './catalog.module.css'

interface DraftBarProps {
  readonly catalogs: CatalogsView
  readonly draft: Draft | null
  /** Null while the draft has problems. */
  readonly changes: readonly CatalogChange[] | null
  readonly onPublished: () => void
}

/** Which version is in force, which comes, and what the draft is ready for. */
export function DraftBar({ catalogs, draft, changes, onPublished }: DraftBarProps) {
  const [dialog, setDialog] = useState<'publish' | 'drop' | null>(null)
  const { inForce, upcoming, refusal } = catalogs
  return (
    <div className={styles.bar}>
      <div className={styles.standing}>
        <p>
          <strong>{inForce.version}</strong> is in force since{' '}
          <Time at={inForce.from} style="day-year" />.{' '}
          {draft ? (
            <Badge tone={changes ? 'accent' : 'bad'}>
              {changes ? `Draft: ${plural(changes.length, 'change')}` : 'Draft with problems'}
            </Badge>
          ) : (
            <Badge>No draft</Badge>
          )}
        </p>
        {upcoming.map(({ version, from }) => (
          <p key={version} className={styles.hint}>
            <strong>{version}</strong> comes into force on <Time at={from} style="moment" />.
          </p>
        ))}
        {draft && draft.from !== inForce.version && (
          <p className={styles.hint}>The draft was begun from {draft.from}.</p>
        )}
        {refusal && (
          <p className={styles.error}>
            The catalog file {refusal.file} was refused: {refusal.problems[0]?.path}{' '}
            {refusal.problems[0]?.message}.
          </p>
        )}
      </div>
      <div className={styles.barActions}>
        {draft && <Button onClick={() => setDialog('drop')}>Discard draft</Button>}
        <Button
          variant="primary"
          disabled={!draft || !changes || changes.length === 0}
          onClick={() => setDialog('publish')}
        >
          Publish
        </Button>
      </div>
      <ConfirmDialog
        open={dialog === 'drop'}
        onClose={() => setDialog(null)}
        title="Discard the draft?"
        text="What was changed is lost. The version in force stays as it is."
        confirmLabel="Discard draft"
        onConfirm={async () => dropDraft()}
      />
      {draft && changes && dialog === 'publish' && (
        <PublishDialog
          draft={draft}
          changes={changes}
          onClose={() => setDialog(null)}
          onPublished={() => {
            dropDraft()
            setDialog(null)
            onPublished()
          }}
        />
      )}
    </div>
  )
}
