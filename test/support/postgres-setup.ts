/** One PostgreSQL for a whole run of the integration tests: vitest's global setup. */

import type { TestProject } from 'vitest/node'
import { bringPostgres } from '../../scripts/postgres/bring.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly postgres: { readonly url: string } | { readonly url: null; readonly reason: string }
  }
}

export default async function setup(project: TestProject) {
  const postgres = await bringPostgres()
  if (postgres.url === null) {
    console.log(`PostgreSQL tests will be skipped: ${postgres.reason}.`)
    project.provide('postgres', postgres)
    return undefined
  }
  project.provide('postgres', { url: postgres.url })
  return postgres.stop
}
