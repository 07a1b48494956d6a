import { Section } from '../../kit/page.tsx'
import { Switch } from '../../kit/switch.tsx'
import { useSettings } from '../../state/app-store.ts'
import { callOrTell } from '../../state/host.ts'

/** Whether what was made before is offered in place of making it again. */
export function ResultCacheSettings() {
  const { resultCache } = useSettings()
  return (
    <Section
      title="Made before"
      text="The same request with the same settings and model can be taken from the library, free. You can always make a new one."
    >
      <Switch
        label="Offer what I made before"
        checked={resultCache}
        onChange={(next) => void callOrTell('settings.save', { resultCache: next })}
      />
    </Section>
  )
}
