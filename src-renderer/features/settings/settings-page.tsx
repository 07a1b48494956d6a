import { useLocation } from 'wouter'
import { Page } from '../../kit/page.tsx'
import { type Tab, Tabs } from '../../kit/tabs.tsx'
import { AboutSettings } from './about-settings.tsx'
import { AccountSettings } from './account-settings.tsx'
import { AppearanceSettings } from './appearance-settings.tsx'
import { LedgerSettings } from './ledger-settings.tsx'
import { ProvidersSettings } from './providers-settings.tsx'
import styles from './settings.module.css'

const SECTIONS = [
  { value: 'providers', label: 'Providers', content: <ProvidersSettings /> },
  { value: 'appearance', label: 'Appearance', content: <AppearanceSettings /> },
  { value: 'account', label: 'Account', content: <AccountSettings /> },
  { value: 'ledger', label: 'Data and ledger', content: <LedgerSettings /> },
  { value: 'about', label: 'About', content: <AboutSettings /> },
]

const TABS: readonly Tab[] = SECTIONS.map((section) => ({
  ...section,
  content: <div className={styles.sections}>{section.content}</div>,
}))

/** Settings, one section at a time; each has its address (`/settings/ledger`). */
export function SettingsPage({ section }: { readonly section?: string | undefined }) {
  const [, navigate] = useLocation()
  const known = SECTIONS.some(({ value }) => value === section)
  return (
    <Page>
      <Tabs
        label="Settings"
        tabs={TABS}
        value={known && section !== undefined ? section : 'providers'}
        onChange={(next) => navigate(`/settings/${next}`, { replace: true })}
      />
    </Page>
  )
}
