/** A meter over a real ledger in a folder of its own, with time, provider and library in hand. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { type Catalog, readCatalog } from '#shared/catalog/catalog.ts'
import { catalogEntry, grantEntry } from '#shared/journal/entries.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { ChatRequest, ImageRequest, VoiceRequest } from '#shared/host/requests.ts'
import { type HostError, type Result, success } from '#shared/result.ts'
import type { ModelView, QuotedRecipe, RunEnding, RunView } from '#shared/host/views.ts'
import { createMeter, type Meter } from '../../src-main/meter/meter.ts'
import type { PastResult, RunGate, RunLibrary } from '../../src-main/meter/ports.ts'
import { openLedger, type OpenLedger } from '../../src-main/ledger/open.ts'
import { systemIds } from '../../src-main/ports/ids.ts'
import type { Provider } from '../../src-main/providers/provider.ts'
import { FREE_PLAN } from './ledger.ts'
import { silentLog } from './silent-log.ts'
import { createManualTime, type ManualTime } from './manual-time.ts'

export interface MeterWorld {
  readonly meter: Meter
  readonly ledger: OpenLedger
  readonly time: ManualTime
  readonly events: HostEvent[]
  readonly replies: Map<string, { text: string; ending: RunEnding | null }>
  readonly creations: string[]
  readonly directory: string
  available(): Credits
  held(): Credits
  /** Lets a run come to its end and gives it. */
  finish(operationId: string, ms?: number): Promise<RunView>
  /** Closes the ledger as a crash would: nothing of the meter is told. */
  crash(): void
  dispose(): Promise<void>
}

const operation = { minimum: '0', increment: '0.001', surcharges: [] }

/** One operation per studio, so that a test can do the sums in its head. */
const testCatalogSource = {
  format: 1,
  version: 'test',
  name: 'Test',
  defaultPlan: 'free',
  plans: [FREE_PLAN],
  packs: [],
  priorities: {
    plan: 10,
    pack: 20,
    'add-on': 20,
    promo: 5,
    trial: 5,
    referral: 5,
    refund: 20,
    adjustment: 20,
    earnings: 20,
    overage: 90,
  },
  operations: [
    {
      ...operation,
      id: 'talk',
      name: 'Talk',
      kind: 'text',
      components: [
        { unit: 'inputTokens', price: '0.1', per: 1 },
        { unit: 'outputTokens', price: '1', per: 1 },
      ],
      surcharges: [{ unit: 'searches', price: '15', per: 1 }],
    },
    {
      ...operation,
      id: 'draw',
      name: 'Draw',
      kind: 'image',
      components: [{ unit: 'images', price: '50', per: 1 }],
    },
    {
      ...operation,
      id: 'speak',
      name: 'Speak',
      kind: 'speech',
      components: [{ unit: 'characters', price: '1', per: 1 }],
    },
  ],
}

const testCatalog: Catalog = (() => {
  const read = readCatalog(testCatalogSource)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.catalog
})()

export const THREAD = '00000000-0000-4000-8000-000000000001'

export const chatRequest = (patch: Partial<ChatRequest> = {}): ChatRequest => ({
  studio: 'chat',
  threadId: THREAD,
  parentId: null,
  text: 'Tell me about tally sticks',
  modelId: 'test/talker',
  length: 'short',
  webSearch: false,
  subject: '',
  ...patch,
})

export const imageRequest = (patch: Partial<ImageRequest> = {}): ImageRequest => ({
  studio: 'image',
  prompt: 'A stick',
  modelId: 'test/drawer',
  count: 1,
  shape: 'square',
  subject: '',
  ...patch,
})

export const voiceRequest = (patch: Partial<VoiceRequest> = {}): VoiceRequest => ({
  studio: 'voice',
  text: 'Hello there',
  modelId: 'test/speaker',
  voice: 'a',
  speed: 100,
  subject: '',
  ...patch,
})

const model = (name: string, studio: ModelView['studio'], operation: string): ModelView => ({
  id: `test/${name}`,
  name,
  providerId: 'test',
  providerName: 'Test',
  studio,
  operation,
  practice: false,
  local: true,
  webSearch: true,
  voices: [],
})

const models = [
  model('talker', 'chat', 'talk'),
  model('drawer', 'image', 'draw'),
  model('speaker', 'voice', 'speak'),
  model('unpriced', 'chat', 'nowhere'),
]

const OPEN_GATE: RunGate = {
  entitlement: () => ({ ok: true, trial: null }),
  room: () => null,
  caps: () => ({ refusal: null, warnings: [] }),
  standstill: () => ({ kind: 'paused', resumesAt: null }),
  allows: () => success(null),
}

export interface WorldOptions {
  readonly provider: Provider
  /** Credits, whole. */
  readonly credits?: number
  readonly directory?: string
  readonly time?: ManualTime
  /** Recipes that are kept. */
  readonly recipes?: readonly QuotedRecipe[]
  /** Whether results may come from the library; it has what `pastResults` holds. */
  readonly reuses?: boolean
  readonly pastResults?: Map<string, PastResult>
  readonly catalog?: Catalog
  /** What is not said lets everything through. */
  readonly gate?: Partial<RunGate>
  /** Makes the library refuse. */
  readonly refusal?: { readonly in: keyof RunLibrary; readonly error: HostError }
}

export function createMeterWorld(options: WorldOptions): MeterWorld {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'tallystick-meter-'))
  const time = options.time ?? createManualTime()
  const ledger = unwrap(
    openLedger(directory, {
      clock: time,
      timers: time,
      timeZone: 'UTC',
      readerUrl: new URL('../../src-main/ledger/reader-worker.ts', import.meta.url),
      signer: null,
    }),
  )
  if (ledger.head().sequence === 0) unwrap(ledger.append([catalogEntry(testCatalogSource, 0)]))
  if (options.credits !== undefined) {
    const grant = {
      id: 'start',
      source: 'plan',
      amount: (options.credits * 1_000) as Credits,
      effectiveAt: 0,
      expiresAt: null,
      priority: 10,
      label: 'Start',
      catalogVersion: 'test',
    } as const
    unwrap(ledger.append([grantEntry(grant)]))
  }
  const events: HostEvent[] = []
  const replies: MeterWorld['replies'] = new Map()
  const creations: string[] = []
  const available = () => availableAt(ledger.spendable(), ledger.now())
  const library = createTestLibrary(replies, creations, options)
  const meter = createMeter({
    ledger,
    library,
    providers: {
      resolve(modelId) {
        const found = models.find(({ id }) => id === modelId)
        return found && { provider: options.provider, model: found }
      },
    },
    catalog: () => options.catalog ?? testCatalog,
    available,
    recipe: (recipeId) => options.recipes?.find(({ id }) => id === recipeId),
    reuses: () => options.reuses ?? false,
    gate: { ...OPEN_GATE, ...options.gate },
    who: () => ({ deviceId: 'device', memberId: 'member' }),
    short: () => undefined,
    withTeam: () => null,
    clock: time,
    timers: time,
    ids: systemIds,
    random: () => 0.5,
    log: silentLog,
    emit: (event) => events.push(event),
    balanceChanged: () => undefined,
  })
  return {
    meter,
    ledger,
    time,
    events,
    replies,
    creations,
    directory,
    available,
    held: () => ledger.buckets().reduce((sum, { held }) => (sum + held) as Credits, 0 as Credits),
    async finish(operationId, ms = 60_000) {
      await time.advance(ms)
      const run = unwrap(meter.attach(operationId))
      if (!run.ending) throw new Error(`Run ${operationId} has not ended: ${run.phase}`)
      return run
    },
    crash() {
      time.forgetTimers()
      void ledger.close()
    },
    async dispose() {
      await meter.close()
      await ledger.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.data
}

function createTestLibrary(
  replies: MeterWorld['replies'],
  creations: string[],
  { refusal, pastResults }: WorldOptions,
): RunLibrary {
  const answer = <T>(call: keyof RunLibrary, data: T): Result<T> =>
    refusal?.in === call ? { ok: false, error: refusal.error } : success(data)
  return {
    branchTo: () => answer('branchTo', []),
    addUserMessage: () => answer('addUserMessage', null),
    startReply({ id }) {
      replies.set(id, { text: '', ending: null })
      return answer('startReply', null)
    },
    saveReplyText(id, text) {
      replies.set(id, { text, ending: null })
      return answer('saveReplyText', null)
    },
    endReply(id, text, ending) {
      replies.set(id, { text, ending })
      return answer('endReply', null)
    },
    addCreation({ id }) {
      const kept = answer('addCreation', { id } as never)
      if (kept.ok) creations.push(id)
      return kept
    },
    resultOf: ({ requestKey }) => pastResults?.get(requestKey) ?? null,
    endCreations: () => answer('endCreations', null),
  }
}
