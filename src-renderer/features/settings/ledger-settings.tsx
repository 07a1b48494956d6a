import { useState } from 'react'
import { CircleAlert, ShieldCheck } from 'lucide-react'
import type { LedgerView, VerificationView } from '#shared/host/ledger.ts'
import type { Result } from '#shared/result.ts'
import { Button } from '../../kit/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { formatBytes, formatCount, plural } from '../../kit/format.ts'
import { notify } from '../../kit/notify.ts'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callHost, callOrTell, useHostData } from '../../state/host.ts'
import { BalanceAt } from './balance-at.tsx'
import { Fact, Facts } from '../../kit/facts.tsx'
import styles from './settings.module.css'

/** Where the data lives, whether it is sound, its backups, and the balance at any past time. */
export function LedgerSettings() {
  const { data, error, reload } = useHostData('ledger.read', {}, { refreshOn: ['usage', 'notice'] })
  if (!data) {
    if (error) return <ErrorState error={error} onRetry={reload} />
    return <Skeleton label="Loading the ledger" lines={6} height={28} />
  }
  return (
    <>
      <Whereabouts ledger={data} />
      <Verification />
      <Backups ledger={data} onDone={reload} />
      <BalanceAt />
    </>
  )
}

function Whereabouts({ ledger }: { readonly ledger: LedgerView }) {
  const { directory, status } = ledger
  return (
    <Section
      title="Where your data lives"
      text="The ledger, threads, creations and keys are files in one folder on this machine."
    >
      <Facts layout="lines">
        <Fact name="Folder">
          <span className={styles.path}>
            <code>{directory}</code>
            <CopyButton text={directory} label="Copy the folder’s path" />
          </span>
        </Fact>
        {status.state === 'ok' ? (
          <>
            <Fact name="Entries in the ledger">{formatCount(status.entries)}</Fact>
            <Fact name="Latest hash">
              <code>{status.head}</code>
            </Fact>
          </>
        ) : (
          <Fact name="State">{status.error.message}</Fact>
        )}
      </Facts>
    </Section>
  )
}

function Verification() {
  const [busy, whileBusy] = useBusy()
  const [result, setResult] = useState<Result<VerificationView> | null>(null)
  const verify = async () => {
    setResult(await whileBusy(callHost('ledger.verify', {})))
  }
  return (
    <Section
      title="Verify"
      text="Reads every entry again: each must balance, follow the one before it, and match its hash."
      actions={
        <Button busy={busy} onClick={() => void verify()}>
          {busy ? 'Verifying' : 'Verify now'}
        </Button>
      }
    >
      <div aria-live="polite">{result && <VerificationResult result={result} />}</div>
    </Section>
  )
}

function VerificationResult({ result }: { readonly result: Result<VerificationView> }) {
  if (!result.ok) return <p className={styles.bad}>{result.error.message}</p>
  const { entries, problems } = result.data
  if (problems.length === 0) {
    return (
      <p className={styles.good}>
        <ShieldCheck size={16} aria-hidden /> {plural(entries, 'entry', 'entries')} read, nothing
        wrong.
      </p>
    )
  }
  return (
    <>
      <p className={styles.bad}>
        <CircleAlert size={16} aria-hidden /> {plural(problems.length, 'problem')} in{' '}
        {plural(entries, 'entry', 'entries')}. Make a backup before you do anything else.
      </p>
      <ul className={styles.list}>
        {problems.map(({ sequence, message }) => (
          <li key={`${sequence} ${message}`} className={styles.item}>
            {sequence === null ? message : `Entry ${formatCount(sequence)}: ${message}`}
          </li>
        ))}
      </ul>
    </>
  )
}

function Backups({ ledger, onDone }: { readonly ledger: LedgerView; readonly onDone: () => void }) {
  const [busy, whileBusy] = useBusy()
  const backUp = async () => {
    const made = await whileBusy(callOrTell('ledger.backup', {}))
    if (!made) return
    notify({ tone: 'good', text: `Backed up: ${plural(made.entries, 'entry', 'entries')}.` })
    onDone()
  }
  const { lastBackup, backups } = ledger
  return (
    <Section
      title="Backups"
      text={
        lastBackup ? (
          <>
            The last one that succeeded was made <Time at={lastBackup.at} style="exact" />.
          </>
        ) : (
          'No backup has been made yet.'
        )
      }
      actions={
        <Button busy={busy} onClick={() => void backUp()}>
          {busy ? 'Backing up' : 'Back up now'}
        </Button>
      }
    >
      {backups.length > 0 && (
        <Table aria-label="Backups">
          <TableHead columns={['Made', 'File', { numeric: 'Entries' }, { numeric: 'Size' }]} />
          <tbody>
            {backups.map(({ at, file, bytes, entries }) => (
              <tr key={file}>
                <Td className={styles.when}>
                  <Time at={at} style="day-year" />, <Time at={at} style="clock" />
                </Td>
                <Td className={styles.file}>
                  <code>{file}</code>
                </Td>
                <Td numeric>{formatCount(entries)}</Td>
                <Td numeric>{formatBytes(bytes)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  )
}
