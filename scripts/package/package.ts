import { buildIfStale } from '../build/build.ts'
import { tool } from '../tool.ts'

/**
 * `npm run package`: packages the app for this platform into dist/, unpacked. Give electron-builder's
 * own arguments for more, such as `npm run package -- --linux AppImage`.
 */
export async function packageApp(args: readonly string[]): Promise<number> {
  const built = await buildIfStale()
  if (built !== 0) return built
  const wanted = args.length > 0 ? args : ['--dir']
  return tool('electron-builder', 'electron-builder', [...wanted, '--publish=never'])
}
