import type { HostOptions } from '../../src-main/host/open-parts.ts'
import { type HostWorld, openHostWorld } from '../support/host-world.ts'
import { temporaryFolder, unwrap } from '../support/ledger.ts'
import { catalogFile } from '../support/shipped-catalogs.ts'

/** The real host under a catalog, for what only it does; in a folder of its own. */
export async function withHost(
  catalog: string,
  body: (world: HostWorld) => Promise<void>,
  options: Partial<HostOptions> = {},
): Promise<void> {
  const folder = temporaryFolder()
  const world = unwrap(
    await openHostWorld(folder.path, { catalogFile: catalogFile(catalog), ...options }),
  )
  try {
    await body(world)
  } finally {
    await world.host.close()
    folder.remove()
  }
}
