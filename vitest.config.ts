import { defineConfig } from 'vitest/config'

/** One project per kind of test, so that `npm run verify` can leave the slow ones out. */
const kinds = [
  { name: 'unit', testTimeout: 5_000, hookTimeout: 10_000 },
  { name: 'property', testTimeout: 60_000, hookTimeout: 10_000 },
  { name: 'conformance', testTimeout: 30_000, hookTimeout: 10_000 },
  { name: 'simulation', testTimeout: 900_000, hookTimeout: 10_000 },
  {
    name: 'integration',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/support/postgres-setup.ts',
  },
] as const

export default defineConfig({
  test: {
    // By default a core is left for watching: of two, half.
    maxWorkers: '100%',
    projects: kinds.map((kind) => ({
      test: {
        ...kind,
        include: [`test/${kind.name}/**/*.test.{ts,tsx}`],
        environment: 'node',
        // Loading the same modules anew for each file takes longer than most of the tests. Nothing
        // in a test relies on it: what has state is made by a factory.
        isolate: false,
        // A zone far from UTC, so that a forgotten time zone shows in the tests of every machine.
        env: { TZ: 'Pacific/Auckland' },
        restoreMocks: true,
      },
    })),
  },
})
