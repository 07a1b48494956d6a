/** A whole host over a folder of its own, with practice that answers at once. */

import { join } from 'node:path'
import type { CallInput, CallName, CallOutput } from '#shared/host/calls.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { ChatRequest, RunRequest } from '#shared/host/requests.ts'
import type { Result } from '#shared/result.ts'
import type { RunView } from '#shared/host/views.ts'
import type { Host } from '../../src-main/host/host.ts'
import type { HostOptions } from '../../src-main/host/open-parts.ts'
import { startHost } from '../../src-main/host/start.ts'
import { systemTimers } from '../../src-main/ports/time.ts'
import { createPracticeProvider } from '../../src-main/providers/practice/practice-provider.ts'
import { createFileSecrets } from '../../src-main/secrets/file-secrets.ts'
import { unwrap } from './ledger.ts'
import { silentLog } from './silent-log.ts'

export const DEFAULT_CATALOG = join(import.meta.dirname, '../../resources/catalogs/default.json')

export interface HostWorld {
  readonly host: Host
  readonly events: HostEvent[]
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>
  /** Calls and expects success. */
  ask<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>
  /** Quotes, starts and sees a request through. */
  run(request: RunRequest): Promise<RunView>
}

export async function openHostWorld(
  directory: string,
  options: Partial<HostOptions> = {},
): Promise<Result<HostWorld>> {
  const started = await startHost({
    version: 'test',
    door: 'browser',
    dataDirectory: directory,
    catalogFile: DEFAULT_CATALOG,
    secrets: createFileSecrets(directory),
    log: silentLog,
    readerUrl: new URL('../../src-main/ledger/reader-worker.ts', import.meta.url),
    openExternal: async () => true,
    practice: createPracticeProvider({ timers: systemTimers, tokensPerSecond: Infinity }),
    ...options,
  })
  if (!started.ok) return started
  const host = started.data
  const events: HostEvent[] = []
  host.onEvent((event) => events.push(event))

  const call = <Name extends CallName>(name: Name, input: CallInput<Name>) =>
    host.dispatch(name, input) as Promise<Result<CallOutput<Name>>>
  const ask = async <Name extends CallName>(name: Name, input: CallInput<Name>) =>
    unwrap(await call(name, input))

  async function run(request: RunRequest): Promise<RunView> {
    const { promisedMaximum } = await ask('quote.read', { request })
    const operationId = crypto.randomUUID()
    await ask('run.start', { operationId, request, acceptedMaximum: promisedMaximum })
    for (;;) {
      const view = await ask('run.attach', { operationId })
      if (view.ending) return view
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  return { ok: true, data: { host, events, call, ask, run } }
}

export const chat = (threadId: string, patch: Partial<ChatRequest> = {}): ChatRequest => ({
  studio: 'chat',
  threadId,
  parentId: null,
  text: 'Write a haiku about a ledger',
  modelId: 'practice/brief',
  length: 'short',
  webSearch: false,
  subject: '',
  ...patch,
})
