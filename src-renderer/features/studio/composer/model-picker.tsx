import { Link } from 'wouter'
import type { Studio } from '#shared/credits/studios.ts'
import { Popover, PopoverClose } from '../../../kit/popover.tsx'
import { Select } from '../../../kit/select.tsx'
import { useAppStore } from '../../../state/app-store.ts'
import { useModel } from '../use-model.ts'
import styles from './model-picker.module.css'

/** Which model runs it; practice ones say so, and where to add a provider. */
export function ModelPicker({ studio }: { readonly studio: Studio }) {
  const { models, model, choose } = useModel(studio)
  if (!model) return <NoModel />
  return (
    <div className={styles.picker}>
      <Select
        label="Model"
        hideLabel
        size="small"
        value={model.id}
        options={models.map(({ id, name, providerName, practice }) => ({
          value: id,
          label: name,
          detail: practice ? 'Practice' : providerName,
        }))}
        onChange={choose}
      />
      {model.practice && <PracticeNote />}
    </div>
  )
}

function PracticeNote() {
  return (
    <Popover
      title="A practice model"
      align="start"
      side="top"
      trigger={
        <button type="button" className={styles.practice} aria-label="Practice: what is this?">
          Practice
        </button>
      }
    >
      <div className={styles.words}>
        <p>
          It answers by itself on this machine, with made-up text, pictures and sound, so that
          everything can be tried without a key or a network. Credits are counted as for a real
          model.
        </p>
        <PopoverClose
          nativeButton={false}
          render={<Link href="/settings#providers">Add a provider in Settings</Link>}
        />
      </div>
    </Popover>
  )
}

function NoModel() {
  const known = useAppStore(({ app }) => app !== null)
  if (!known) return null
  return (
    <p className={styles.none}>
      No model for this yet. <Link href="/settings#providers">Add one in Settings</Link>
    </p>
  )
}
