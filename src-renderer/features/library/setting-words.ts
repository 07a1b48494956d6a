/** The settings a creation was made with, as they read. */

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
