import { useAppStore } from '../../state/app-store.ts'
import { Mark } from '../../kit/mark.tsx'
import { Section } from '../../kit/page.tsx'
import { Fact, Facts } from '../../kit/facts.tsx'
import styles from './settings.module.css'

const PLATFORMS: Readonly<Record<string, string>> = {
  darwin: 'macOS',
  linux: 'Linux',
  win32: 'Windows',
}

export function AboutSettings() {
  const app = useAppStore((state) => state.app)
  if (!app) return null
  return (
    <Section title="About">
      <p className={styles.brand}>
        <Mark size={32} />
        <span>
          Tallystick: an AI studio whose credits are counted on this machine, exactly, online or
          off.
        </span>
      </p>
      <Facts layout="lines">
        <Fact name="Version">{app.version}</Fact>
        <Fact name="Window">
          {app.door === 'electron'
            ? 'The desktop app'
            : 'In the browser, connected to the host on this machine'}
        </Fact>
        <Fact name="System">{PLATFORMS[app.platform] ?? app.platform}</Fact>
        <Fact name="Catalog">{app.catalogVersion}</Fact>
      </Facts>
    </Section>
  )
}
