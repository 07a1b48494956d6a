/** Entry: `npm run admin`, on the store of a server, whether that runs or not. */

import { readFileSync } from 'node:fs'
import { openCore } from './assemble.ts'
import type { Tools } from './cli/command.ts'
import { type Ending, EXIT, prepare } from './cli/run.ts'
import { CONFIG_FILE_VARIABLE, readConfig, systemSources } from './config.ts'
import { createLog } from './ports/logging.ts'
import { systemClock } from './ports/system.ts'
import { createFindCharge } from './sales/charges.ts'

process.exitCode = tell(await run(process.argv.slice(2)))

async function run(words: readonly string[]): Promise<Ending> {
  const prepared = prepare(words)
  if ('ending' in prepared) return prepared.ending
  const file = process.env[CONFIG_FILE_VARIABLE]
  const config = readConfig(systemSources(file ? readFileSync(file, 'utf8') : null))
  if (!config.ok) return { code: EXIT.usage, out: [], error: [config.error.message] }
  try {
    const core = await openCore(
      config.data,
      createLog({ write: (line) => process.stderr.write(line) }),
    )
    try {
      const tools: Tools = {
        ...core,
        clock: systemClock,
        findCharge: createFindCharge(core),
      }
      return await prepared.run(tools)
    } finally {
      await core.close()
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { code: EXIT.refused, out: [], error: [message] }
  }
}

function tell({ code, out, error }: Ending): number {
  for (const line of out) console.log(line)
  for (const line of error) console.error(line)
  return code
}
