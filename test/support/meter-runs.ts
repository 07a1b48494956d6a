/** What every test about runs begins with: a world, and runs in it. */

import type { RunRequest } from '#shared/host/requests.ts'
import type { RunView } from '#shared/host/views.ts'
import type { Provider } from '../../src-main/providers/provider.ts'
import { createMeterWorld, type MeterWorld, unwrap, type WorldOptions } from './meter-world.ts'

export let world: MeterWorld

/** After each test. */
export const closeWorld = () => world.dispose()

export const open = (provider: Provider, options: Partial<WorldOptions> = {}) => {
  world = createMeterWorld({ credits: 1_000, provider, ...options })
  return world
}

export const newId = () => crypto.randomUUID()

export function start(request: RunRequest, operationId = newId()): RunView {
  const { promisedMaximum } = unwrap(world.meter.quote(request))
  return unwrap(world.meter.start({ operationId, request, acceptedMaximum: promisedMaximum }))
}

/** A run from its quote to its end. */
export async function run(request: RunRequest, ms?: number): Promise<RunView> {
  const { operationId } = start(request)
  return world.finish(operationId, ms)
}
