import { useState } from 'react'
import type { LedgerStatus } from '#shared/host/ledger.ts'
import { callOrTell } from '../state/host.ts'
import { openApp } from '../state/start.ts'
import { Button } from '../kit/button.tsx'
import { notify } from '../kit/notify.ts'
import { InsteadOfWindow } from './instead-of-window.tsx'
import styles from './ledger-unavailable.module.css'

type Unavailable = Extract<LedgerStatus, { state: 'unavailable' }>
type Remedy = Unavailable['remedies'][number]

const REMEDIES: Readonly<Record<Remedy, { readonly label: string; readonly text: string }>> = {
  retry: {
    label: 'Try again',
    text: 'When the cause is gone, such as a full disk or a second window.',
  },
  restore: {
    label: 'Restore the last backup',
    text: 'The present file is kept beside it. What happened since the backup is not in it.',
  },
  quarantine: {
    label: 'Set the damaged part aside',
    text: 'Keeps every entry up to the damage, and the damaged rest in a file of its own.',
  },
}

/** The whole page when the ledger did not open: what happened, what is safe, what to do. */
export function LedgerUnavailable({ status }: { readonly status: Unavailable }) {
  const [busy, setBusy] = useState<Remedy | null>(null)
  const repair = async (remedy: Remedy) => {
    setBusy(remedy)
    const view = await callOrTell('ledger.repair', { remedy })
    if (view?.status.state === 'unavailable')
      notify({ tone: 'bad', text: view.status.error.message })
    await openApp()
    setBusy(null)
  }
  return (
    <InsteadOfWindow
      title="The ledger could not be opened"
      message={status.error.message}
      calm="The file has been left exactly as it was found. Until it opens, nothing can be run, because nothing could be counted."
    >
      <ul className={styles.remedies}>
        {status.remedies.map((remedy, index) => (
          <li key={remedy} className={styles.remedy}>
            <p>{REMEDIES[remedy].text}</p>
            <Button
              variant={index === 0 ? 'primary' : 'secondary'}
              busy={busy === remedy}
              disabled={busy !== null}
              onClick={() => repair(remedy)}
            >
              {REMEDIES[remedy].label}
            </Button>
          </li>
        ))}
      </ul>
    </InsteadOfWindow>
  )
}
