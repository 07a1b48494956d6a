/** The ledger's programs bundled as the app ships them: no type stripping, few files. */

import { join } from 'node:path'
import { build } from 'vite'
import { CACHE } from './generate.ts'

export interface BundledPrograms {
  /** Opens a ledger and prints figures (`programs/host-ledger.ts`). */
  readonly host: string
  readonly reader: string
}

export async function bundlePrograms(): Promise<BundledPrograms> {
  const outDir = join(CACHE, 'programs')
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      rolldownOptions: {
        input: {
          host: join(import.meta.dirname, 'programs/host-ledger.ts'),
          reader: join(import.meta.dirname, '../../src-main/ledger/reader-worker.ts'),
        },
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
      },
    },
  })
  return { host: join(outDir, 'host.mjs'), reader: join(outDir, 'reader.mjs') }
}
