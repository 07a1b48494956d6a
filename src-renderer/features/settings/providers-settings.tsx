import { useState } from 'react'
import { Plus } from 'lucide-react'
import type { ProviderView } from '#shared/host/views.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { ConfirmDialog, Dialog } from '../../kit/dialog.tsx'
import { plural } from '../../kit/format.ts'
import { Section } from '../../kit/page.tsx'
import { useProviders } from '../../state/app-store.ts'
import { callOrTell } from '../../state/host.ts'
import { formOf, NEW_PROVIDER, type ProviderForm } from './provider-draft.ts'
import { ProviderEditor } from './provider-editor.tsx'
import styles from './providers.module.css'

/** Who answers: the practice provider, and any OpenAI-compatible ones the person connects. */
export function ProvidersSettings() {
  const providers = useProviders()
  const [editing, setEditing] = useState<ProviderForm | null>(null)
  const [removing, setRemoving] = useState<ProviderView | null>(null)
  return (
    <Section
      title="Providers"
      text="Who answers when you run something. Credits are counted the same for all of them, on this machine."
      actions={
        <Button
          variant="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setEditing(NEW_PROVIDER)}
        >
          Add a provider
        </Button>
      }
    >
      <ul className={styles.providers} aria-label="Providers">
        {providers.map((provider) => (
          <li key={provider.id} className={styles.provider}>
            <ProviderCard
              provider={provider}
              onEdit={() => setEditing(formOf(provider))}
              onRemove={() => setRemoving(provider)}
            />
          </li>
        ))}
      </ul>
      <Dialog
        open={editing !== null}
        onClose={() => setEditing(null)}
        size="large"
        title={editing?.id == null ? 'Add a provider' : `Edit ${editing.name}`}
      >
        {editing && <ProviderEditor start={editing} onDone={() => setEditing(null)} />}
      </Dialog>
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${removing?.name ?? 'this provider'}?`}
        text="Its address and key are deleted from this machine. What you made with it, and the usage records, stay."
        confirmLabel="Remove provider"
        onConfirm={async () => {
          if (removing) await callOrTell('providers.remove', { providerId: removing.id })
        }}
      />
    </Section>
  )
}

function ProviderCard(props: {
  readonly provider: ProviderView
  readonly onEdit: () => void
  readonly onRemove: () => void
}) {
  const { provider, onEdit, onRemove } = props
  const practice = provider.kind === 'practice'
  return (
    <>
      <div className={styles.about}>
        <h3 className={styles.name}>
          <span>{provider.name}</span>
          {practice && <Badge tone="accent">Built in</Badge>}
          {provider.local && <Badge tone="good">Works offline</Badge>}
          {!practice && !provider.hasKey && <Badge>No key</Badge>}
        </h3>
        {practice ? (
          <p className={styles.soft}>
            For trying things out. It makes real text, pictures and sound on this machine and its
            runs use credits like any other, but no AI model is behind it.
          </p>
        ) : (
          <p className={styles.address}>
            <code>{provider.baseUrl}</code>
          </p>
        )}
        <p className={styles.soft}>{modelsText(provider)}</p>
      </div>
      {!practice && (
        <div className={styles.actions}>
          <Button size="small" aria-label={`Edit ${provider.name}`} onClick={onEdit}>
            Edit
          </Button>
          <Button
            size="small"
            variant="quiet"
            aria-label={`Remove ${provider.name}`}
            onClick={onRemove}
          >
            Remove
          </Button>
        </div>
      )}
    </>
  )
}

function modelsText({ models }: ProviderView): string {
  if (models.length === 0) return 'No models chosen yet. Edit it to choose some.'
  const names = models.slice(0, 4).map(({ name }) => name)
  const rest = models.length - names.length
  return `${plural(models.length, 'model')}: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
