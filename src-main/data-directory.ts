/** Where Tallystick keeps everything: one folder for each user, whichever door is open. */

import path from 'node:path'

const PRODUCT_NAME = 'Tallystick'

export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * `TALLYSTICK_DATA_DIR`, or the place the platform has for an app's data: `~/.config/Tallystick`
 * (`XDG_CONFIG_HOME`), `~/Library/Application Support/Tallystick`, `%APPDATA%\Tallystick`.
 */
export function defaultDataDirectory({ platform, home, environment }: Surroundings): string {
  const named = environment['TALLYSTICK_DATA_DIR']
  if (named) return path.resolve(named)
  return path.join(applicationData(platform, home, environment), PRODUCT_NAME)
}

function applicationData(
  platform: NodeJS.Platform,
  home: string,
  environment: Surroundings['environment'],
): string {
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support')
    case 'win32':
      return environment['APPDATA'] ?? path.join(home, 'AppData', 'Roaming')
    default: {
      // The XDG rules: a relative path counts as none.
      const configured = environment['XDG_CONFIG_HOME']
      return configured && path.isAbsolute(configured) ? configured : path.join(home, '.config')
    }
  }
}
