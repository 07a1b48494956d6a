import { spawn } from 'node:child_process'

/** The program that opens an address on each platform. No shell ever sees the address. */
export function browserCommand(
  platform: NodeJS.Platform,
  address: string,
): { readonly program: string; readonly args: readonly string[] } {
  switch (platform) {
    case 'darwin':
      return { program: 'open', args: [address] }
    case 'win32':
      return { program: 'rundll32', args: ['url.dll,FileProtocolHandler', address] }
    default:
      return { program: 'xdg-open', args: [address] }
  }
}

/** Opens an address in the system's browser; false when there is no way to. */
export function openBrowser(address: string): Promise<boolean> {
  const { program, args } = browserCommand(process.platform, address)
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
