import { useLocation } from 'wouter'
import { Page } from '../../kit/page.tsx'
import { type Tab, Tabs } from '../../kit/tabs.tsx'
import { AboutSettings } from './about-settings.tsx'
import { AccountSettings } from './account-settings.tsx'
import { AppearanceSettings } from './appearance-settings.tsx'
import { LedgerSettings } from './ledger-settings.tsx'
import { ProvidersSettings } from './providers-settings.tsx'

const SECTIONS: readonly Tab[] = [
  { value: 'providers', label: 'Providers', content: <ProvidersSettings /> },
  { value: 'appearance', label: 'Appearance', content: <AppearanceSettings /> },
  { value: 'account', label: 'Account', content: <AccountSettings /> },
  { value: 'ledger', label: 'Data and ledger', content: <LedgerSettings /> },
  { value: 'about', label: 'About', content: <AboutSettings /> },
]

/** Settings, one section at a time; each has its address (`/settings/ledger`). */
export function SettingsPage({ section }: { readonly section?: string | undefined }) {
  const [, navigate] = useLocation()
  const known = SECTIONS.some(({ value }) => value === section)
  return (
    <Page>
      <Tabs
        label="Settings"
        tabs={SECTIONS}
        value={known && section !== undefined ? section : 'providers'}
        onChange={(next) => navigate(`/settings/${next}`, { replace: true })}
      />
    </Page>
  )
}
