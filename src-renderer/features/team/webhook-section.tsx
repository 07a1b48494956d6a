import { useState } from 'react'
import type { NewWebhook, WebhookView } from '#shared/team/api.ts'
import { Button } from '../../kit/button.tsx'
import { Dialog, FormDialog } from '../../kit/dialog.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Field, TextInput } from '../../kit/field.tsx'
import { plural } from '../../kit/format.ts'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Time } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost, callOrTell, useHostData } from '../../state/host.ts'
import { Shown } from './shown.tsx'
import styles from './team.module.css'

/** The address that the server tells when credits run low, for whoever may set it. */
export function WebhookSection() {
  const [setting, setSetting] = useState(false)
  const [made, setMade] = useState<NewWebhook | null>(null)
  const { data, error, loading, reload } = useHostData('team.webhook', {}, REFRESH)
  const tell = async (call: 'team.testWebhook' | 'team.removeWebhook') => {
    await callOrTell(call, {})
    reload()
  }
  return (
    <Section
      title="Alerts to an address"
      text="The server calls it when the team’s credits run low and when there are enough again. Each message is signed, so that the receiver can be sure who sent it."
      actions={
        <Button onClick={() => setSetting(true)}>
          {data ? 'Change the address' : 'Set an address'}
        </Button>
      }
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && loading && <Skeleton label="Loading the address" lines={1} />}
      {!data && !loading && !error && <p>No address is set.</p>}
      {data && (
        <>
          <p className={styles.address}>{data.url}</p>
          <Note>
            <Outcome webhook={data} />
          </Note>
          <div className={styles.acts}>
            <Button size="small" onClick={() => tell('team.testWebhook')}>
              Send a test
            </Button>
            <Button size="small" onClick={() => tell('team.removeWebhook')}>
              Remove
            </Button>
          </div>
        </>
      )}
      {setting && (
        <AddressDialog
          onClose={() => setSetting(false)}
          onMade={(webhook) => {
            setSetting(false)
            setMade(webhook)
            reload()
          }}
        />
      )}
      {made && <SecretDialog secret={made.secret} onClose={() => setMade(null)} />}
    </Section>
  )
}

const REFRESH = { refreshOn: ['team'] } as const

function Outcome({ webhook: { last, waiting, dead } }: { readonly webhook: WebhookView }) {
  if (!last) return <>Nothing has been sent yet.</>
  const others = [
    ...(waiting > 0 ? [`${plural(waiting, 'message')} to be sent`] : []),
    ...(dead > 0 ? [`${plural(dead, 'message')} given up lately`] : []),
  ]
  const why = last.outcome === null ? '' : ` (${last.outcome})`
  return (
    <>
      {last.state === 'sent' && 'It accepted the last message, of '}
      {last.state === 'waiting' && `The last message will be tried again${why}, of `}
      {last.state === 'dead' && `The last message was given up${why}, of `}
      <Time at={last.at} />.{others.length > 0 && ` ${others.join(', ')}.`}
    </>
  )
}

interface AddressDialogProps {
  readonly onClose: () => void
  readonly onMade: (webhook: NewWebhook) => void
}

function AddressDialog({ onClose, onMade }: AddressDialogProps) {
  const [url, setUrl] = useState('')
  const [busy, whileBusy] = useBusy()
  const [error, setError] = useState<string | null>(null)
  const save = async () => {
    const result = await whileBusy(callHost('team.setWebhook', { url }))
    if (result.ok) onMade(result.data)
    else setError(result.error.message)
  }
  return (
    <FormDialog
      onClose={onClose}
      title="Address to notify"
      submitLabel="Set"
      busy={busy}
      disabled={!url.trim()}
      onSubmit={save}
    >
      <Field label="Address" error={error}>
        <TextInput
          value={url}
          maxLength={500}
          placeholder="https://example.com/credits"
          onChange={(event) => setUrl(event.target.value)}
        />
      </Field>
    </FormDialog>
  )
}

interface SecretDialogProps {
  readonly secret: string
  readonly onClose: () => void
}

function SecretDialog({ secret, onClose }: SecretDialogProps) {
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title="Its secret"
      description="Messages are signed with it, in the Standard Webhooks form. Keep it now: it is not shown again, and changing the address makes another."
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Shown label="Secret" value={secret} />
    </Dialog>
  )
}
