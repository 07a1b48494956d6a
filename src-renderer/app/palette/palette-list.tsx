import { Command } from 'cmdk'
import { useLocation } from 'wouter'
import type { CallInput } from '#shared/host/calls.ts'
import { callOrTell } from '../../state/host.ts'
import { setPaletteOpen } from '../../state/palette-store.ts'
import { useSettings } from '../../state/app-store.ts'
import { isRunning, stopRun, useRunsStore } from '../../state/runs-store.ts'
import { Keys } from '../../kit/keys.tsx'
import { notify } from '../../kit/notify.ts'
import { PAGES } from '../pages.ts'
import styles from './palette.module.css'

/** Every page and action; `onPage` is told before one leads to a page. */
export function PaletteList({ onPage }: { readonly onPage: () => void }) {
  const [, navigate] = useLocation()
  const actions = useActions(navigate)
  const pick = (run: () => void) => () => {
    setPaletteOpen(false)
    run()
  }
  return (
    <Command label="Pages and actions" loop>
      <Command.Input
        className={styles.input}
        placeholder="Go to a page or do something"
        autoFocus
      />
      <Command.List className={styles.list}>
        <Command.Empty className={styles.empty}>Nothing by that name.</Command.Empty>
        <Command.Group heading="Pages" className={styles.group}>
          {PAGES.map(({ path, title, icon: Icon, keys }) => (
            <Command.Item
              key={path}
              value={`${title} page`}
              className={styles.item}
              onSelect={pick(() => {
                onPage()
                navigate(path)
              })}
            >
              <Icon size={16} aria-hidden />
              <span className={styles.label}>{title}</span>
              <Keys keys={keys} />
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Actions" className={styles.group}>
          {actions.map(({ id, label, run }) => (
            <Command.Item key={id} value={label} className={styles.item} onSelect={pick(run)}>
              <span className={styles.label}>{label}</span>
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  )
}

async function backUp(): Promise<void> {
  const backup = await callOrTell('ledger.backup', {})
  if (backup) notify({ tone: 'good', text: `The ledger was backed up to ${backup.file}.` })
}

async function verify(): Promise<void> {
  const found = await callOrTell('ledger.verify', {})
  if (!found) return
  notify(
    found.problems.length === 0
      ? { tone: 'good', text: `All ${found.entries} entries of the ledger are intact.` }
      : { tone: 'bad', text: `The ledger has a problem: ${found.problems[0]?.message ?? ''}` },
  )
}

function stopAll(): void {
  for (const run of Object.values(useRunsStore.getState().runs)) {
    if (isRunning(run)) void stopRun(run.operationId)
  }
}

interface Action {
  readonly id: string
  readonly label: string
  readonly run: () => void
}

/** What can be done from anywhere. */
function useActions(navigate: (path: string) => void): readonly Action[] {
  const { subject, subjects } = useSettings()
  const save = (input: CallInput<'settings.save'>) => () => void callOrTell('settings.save', input)
  return [
    { id: 'new-chat', label: 'New chat', run: () => navigate('/chat') },
    { id: 'stop-all', label: 'Stop everything that is running', run: stopAll },
    { id: 'theme-system', label: 'Theme: as the system', run: save({ theme: 'system' }) },
    { id: 'theme-light', label: 'Theme: light', run: save({ theme: 'light' }) },
    { id: 'theme-dark', label: 'Theme: dark', run: save({ theme: 'dark' }) },
    ...['', ...subjects]
      .filter((name) => name !== subject)
      .map((name) => ({
        id: `subject-${name}`,
        label: name ? `Subject: ${name}` : 'Subject: none',
        run: save({ subject: name }),
      })),
    { id: 'backup', label: 'Back up the ledger now', run: () => void backUp() },
    { id: 'verify', label: 'Verify the ledger', run: () => void verify() },
  ]
}
