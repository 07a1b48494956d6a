import type { SettingsView } from '#shared/host/views.ts'
import { Section } from '../../kit/page.tsx'
import { Select } from '../../kit/select.tsx'
import { useSettings } from '../../state/app-store.ts'
import { callOrTell } from '../../state/host.ts'

const THEMES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

export function AppearanceSettings() {
  const { theme } = useSettings()
  return (
    <Section title="Appearance">
      <Select<SettingsView['theme']>
        label="Theme"
        narrow
        value={theme}
        options={THEMES}
        onChange={(next) => void callOrTell('settings.save', { theme: next })}
      />
    </Section>
  )
}
