/** The settings a creation was made with, as they read. */

/** Said elsewhere in the details: what it was charged as is in the charge. */
const SAID_ELSEWHERE = new Set(['operation'])

/** The settings worth showing, in the order they were kept. */
export function shownSettings(
  settings: Readonly<Record<string, string | number>>,
): readonly (readonly [name: string, value: string | number])[] {
  return Object.entries(settings).filter(([name]) => !SAID_ELSEWHERE.has(name))
}

const NAMES: Readonly<Record<string, string>> = {
  shape: 'Shape',
  count: 'Pictures in the run',
  voice: 'Voice',
  speed: 'Speed',
}

/** A setting from a newer version is shown under its own name. */
export function settingName(name: string): string {
  return NAMES[name] ?? capitalised(name)
}

export function settingValue(name: string, value: string | number): string {
  if (name === 'speed' && typeof value === 'number') return `${value / 100}×`
  return typeof value === 'string' && name === 'shape' ? capitalised(value) : String(value)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
