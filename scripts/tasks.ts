import { tool } from './tool.ts'

/** What `node scripts/launch.mjs <task>` can do. Each resolves with the exit code. */
type Task = (args: readonly string[]) => Promise<number>

/** The tasks. They load what they need when they run, so that starting the app stays quick. */
export const tasks: Record<string, Task> = {
  start: async (args) => (await import('./start.ts')).start(args),
  dev: async (args) => (await import('./dev.ts')).dev(args),
  build: async () => (await import('./build/build.ts')).build(),
  package: async (args) => (await import('./package/package.ts')).packageApp(args),

  test: async () => (await import('./checks/run.ts')).runAll(),
  verify: async () => (await import('./checks/run.ts')).runFast(),
  conformance: async () => (await import('./checks/conformance.ts')).runConformance(),
  typecheck: async () => tool('typescript', 'tsc', ['-b']),
  format: async () => tool('prettier', 'prettier', ['--write', '--log-level=warn', '.']),
  lint: async (args) => {
    const { layerArguments } = await import('./checks/static.ts')
    const language = await tool('eslint', 'eslint', ['--max-warnings=0', ...args, '.'])
    const layers = await tool('dependency-cruiser', 'depcruise', layerArguments)
    return language || layers
  },
  simulate: async (args) => (await import('./simulate.ts')).simulate(args),
  server: async (args) => runEntry('src-server/main.ts', args),
  admin: async (args) => runEntry('src-server/admin.ts', args),
  sim: async (args) => {
    const { runHere } = await import('./launch/run.mjs')
    return runHere(process.execPath, ['test/simulation/cli.ts', ...args])
  },
  bench: async (args) => runEntry('test/bench/run.ts', args),
}

/** Runs a file of the sources in a process of its own. */
async function runEntry(file: string, args: readonly string[]): Promise<number> {
  const { runHere } = await import('./launch/run.mjs')
  return runHere(process.execPath, [file, ...args])
}
