import { useDeferredValue, useMemo, useState } from 'react'
import { readCatalog } from '#shared/catalog/catalog.ts'
import { diffCatalogs } from '#shared/catalog/diff.ts'
import type { CatalogsView } from '#shared/host/catalog-views.ts'
import { Tabs } from '../../kit/tabs.tsx'
import { ChangesView } from './changes-view.tsx'
import { isObject, type Json } from './document.ts'
import { DraftBar } from './draft-bar.tsx'
import { changeDraft, putDraft, startDraft, useDraftStore } from './draft.ts'
import { type Editing, EditingContext } from './editing.ts'
import { EffectView } from './effect-view.tsx'
import { JsonView } from './json-view.tsx'
import { findPlace, focusPlace } from './places.ts'
import { ProblemList } from './problem-list.tsx'
import { SectionEditor } from './section-editor.tsx'
import { SECTIONS } from './sections.ts'
import styles from './catalog.module.css'

interface CatalogEditorProps {
  readonly catalogs: CatalogsView
  /** The version in force as it was published. */
  readonly inForce: Json
  /** Which tab is in view, from the address. */
  readonly part: string
  readonly onPart: (part: string) => void
  readonly onPublished: () => void
}

/** The draft with its parts, what is wrong with it, and what it changes. */
export function CatalogEditor(props: CatalogEditorProps) {
  const { catalogs, inForce, part, onPart, onPublished } = props
  const draft = useDraftStore((state) => state.draft)
  const document = draft?.document ?? inForce
  const settled = useDeferredValue(document)
  const checked = useMemo(() => readCatalog(settled), [settled])
  const changes = useMemo(() => {
    const before = readCatalog(inForce)
    return before.ok && checked.ok ? diffCatalogs(before.catalog, checked.catalog) : null
  }, [inForce, checked])
  const [open, setOpen] = useState<Readonly<Record<string, number>>>({})
  const editing = useMemo<Editing>(
    () => ({
      document,
      problems: checked.ok ? [] : checked.problems,
      change: (path, value) => changeDraft(inForce, path, value),
    }),
    [document, checked, inForce],
  )
  const show = (place: string) => {
    const found = findPlace(place)
    if (found.entry !== null) setOpen((all) => ({ ...all, [found.part]: found.entry ?? 0 }))
    onPart(found.part)
    focusPlace(place)
  }
  const parts = SECTIONS.map((section) => ({
    value: section.name,
    label: section.title,
    content: (
      <SectionEditor
        section={section}
        open={open[section.name] ?? 0}
        onOpen={(index) => setOpen((all) => ({ ...all, [section.name]: index }))}
      />
    ),
  }))
  const views = [
    {
      value: 'json',
      label: 'JSON',
      content: (
        <JsonView
          document={document}
          onChange={(next) => {
            if (isObject(next)) putDraft({ ...(draft ?? startDraft(inForce)), document: next })
          }}
        />
      ),
    },
    { value: 'changes', label: 'Changes', content: <ChangesView changes={changes} /> },
    {
      value: 'effect',
      label: 'Effect',
      content: <EffectView document={settled} valid={checked.ok} />,
    },
  ]
  const tabs = [...parts, ...views]
  return (
    <EditingContext value={editing}>
      <DraftBar catalogs={catalogs} draft={draft} changes={changes} onPublished={onPublished} />
      {!checked.ok && <ProblemList problems={checked.problems} onShow={show} />}
      <div className={styles.tabs}>
        <Tabs
          label="Parts of the catalog"
          tabs={tabs}
          value={tabs.some(({ value }) => value === part) ? part : 'plans'}
          onChange={onPart}
        />
      </div>
    </EditingContext>
  )
}
