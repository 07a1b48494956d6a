/** Records of a busy device, the same for the same seed. */

import { type Credits, millicredits } from '#shared/credits/amount.ts'
import type { Units } from '#shared/credits/units.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { chargeWithin, quotePrices } from '#shared/pricing/rate-card.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { headAfterRecord, NO_RECORDS } from '#shared/records/canonical.ts'
import { encodeRecords } from '#shared/records/batch.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { encodeRollup, rollUp } from '#shared/records/rollup.ts'
import { stretchEnd, stretchOf, stretchStart } from '#shared/records/stretches.ts'
import { sha256 } from '../../src-main/ports/sha256.ts'
import type { RecordLog } from '../../src-main/sync/records/record-log.ts'

/** A small generator of numbers from 0 up to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const rate = (id: string, name: string, prices: Readonly<Partial<Record<string, number>>>) =>
  ({
    id,
    name,
    kind: 'text',
    components: Object.entries(prices).map(([unit, price]) => ({
      unit,
      price: millicredits(price ?? 0),
      per: unit === 'images' ? 1 : 1_000,
    })),
    surcharges: [],
    minimum: millicredits(100),
    increment: millicredits(100),
  }) as unknown as OperationRate

const CHAT = { inputTokens: 500, outputTokens: 2_000 }
const MODELS = [
  { studio: 'chat', model: 'Llama 8B', rate: rate('chat.fast', 'Chat, fast', CHAT) },
  { studio: 'chat', model: 'Mistral Small', rate: rate('chat.fast', 'Chat, fast', CHAT) },
  {
    studio: 'chat',
    model: 'Qwen 72B',
    rate: rate('chat.expert', 'Chat, expert', {
      inputTokens: 2_500,
      cachedInputTokens: 250,
      outputTokens: 10_000,
    }),
  },
  { studio: 'image', model: 'Flux', rate: rate('image.standard', 'Image', { images: 4_000 }) },
  {
    studio: 'voice',
    model: 'Kokoro',
    rate: rate('speech.standard', 'Speech', { characters: 900 }),
  },
] as const
const SUBJECTS = ['', '', '', 'Website', 'Newsletter', 'Thesis', 'Client A', 'Client B']

/** Runs of people: sittings of some dozen runs, a minute or so between them. */
export function recordWorld(deviceId: string, seed = 1, ids: 'sitting' | 'random' = 'sitting') {
  const random = seeded(seed)
  const upTo = (most: number) => Math.floor(random() * most)
  const skewed = (most: number) => Math.ceil(most * random() ** 3)
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => upTo(16).toString(16)).join('')
  let at = Date.UTC(2026, 0, 5, 8)
  let sequence = 0
  let left = 0
  let sitting = ''
  let subject = ''
  let model: (typeof MODELS)[number] = MODELS[0]

  function operationId(): string {
    if (left === 0) {
      left = 5 + upTo(40)
      sitting = `${hex(8)}-${hex(4)}-8${hex(3)}-a${hex(3)}-${hex(4)}`
      subject = SUBJECTS[upTo(SUBJECTS.length)] as string
      at += skewed(6 * 3_600_000)
    }
    left--
    if (ids === 'random') return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
    return `${sitting}${(45 - left).toString(16).padStart(8, '0')}`
  }

  return {
    next(): DeviceRecord {
      const id = operationId()
      if (random() < 0.3) model = MODELS[upTo(MODELS.length)] as (typeof MODELS)[number]
      at += 5_000 + skewed(240_000)
      const startedAt = at
      at += 400 + skewed(20_000)
      sequence++
      const { expected, maximum, used } = unitsOf(model.studio, upTo, skewed)
      const quote = {
        operation: model.rate.id,
        operationName: model.rate.name,
        catalogVersion: 'default-7',
        ...quotePrices(model.rate, expected, maximum),
      }
      const charge = chargeWithin(model.rate, quote, used)
      const isVoid = random() < 0.02
      const name = model.model
      return {
        deviceId,
        sequence,
        at,
        body: {
          type: 'usage',
          startedAt,
          operation: {
            operationId: id,
            studio: model.studio,
            providerId: 'local-ollama',
            providerName: 'Ollama',
            modelId: `local-ollama/${name.toLowerCase().replace(' ', '-')}`,
            modelName: name,
            subject,
            deviceId,
            memberId: `member-of-${deviceId}`,
            quote,
          },
          ending: isVoid
            ? { kind: 'void', operationId: id, outcome: 'failed', reason: 'provider_unreachable' }
            : {
                kind: 'settle',
                operationId: id,
                outcome: random() < 0.03 ? 'stopped' : 'completed',
                units: used,
                usageSource: 'provider',
                charge,
              },
          draws: isVoid || charge.amount === 0 ? [] : draws(at, charge.amount),
          expired: [],
        },
      }
    },
  }
}

/** The month's plan pays; now and then its last credits and a pack's first. */
function draws(at: number, amount: Credits) {
  const month = new Date(at).toISOString().slice(0, 7)
  if (amount < 200 || at % 97 !== 0) return [{ grantId: `plan:${month}`, amount }]
  return [
    { grantId: `plan:${month}`, amount: millicredits(100) },
    { grantId: 'pack:1', amount: millicredits(amount - 100) },
  ]
}

function unitsOf(
  studio: 'chat' | 'image' | 'voice',
  upTo: (most: number) => number,
  skewed: (most: number) => number,
): { expected: Units; maximum: Units; used: Units } {
  if (studio === 'image') {
    const images = { requests: 1, images: 1 + upTo(4) }
    return { expected: images, maximum: images, used: images }
  }
  if (studio === 'voice') {
    const characters = { requests: 1, characters: skewed(3_000) }
    return { expected: characters, maximum: characters, used: characters }
  }
  const inputTokens = 20 + skewed(6_000)
  const expected = { requests: 1, inputTokens, outputTokens: 350 }
  const maximum = { requests: 1, inputTokens, outputTokens: 2_048 }
  const used = {
    requests: 1,
    inputTokens: inputTokens - upTo(Math.ceil(inputTokens / 10)),
    outputTokens: Math.min(2_048, skewed(1_500)),
  }
  return { expected, maximum, used }
}

export function recordsOf(deviceId: string, count: number, seed = 1): readonly DeviceRecord[] {
  const world = recordWorld(deviceId, seed)
  return Array.from({ length: count }, () => world.next())
}

/** The chain's end after all of them. */
export function headOf(records: readonly DeviceRecord[], from = NO_RECORDS): RecordHead {
  return records.reduce((head, record) => headAfterRecord(head, record, sha256), from)
}

/** A log of these records, in memory. */
export function logOf(records: readonly DeviceRecord[]): RecordLog {
  const heads: RecordHead[] = [NO_RECORDS]
  for (const record of records) {
    heads.push(headAfterRecord(heads.at(-1) ?? NO_RECORDS, record, sha256))
  }
  const sent = new Set<number>()
  const segment = (stretch: number) => {
    if (stretchEnd(stretch) > records.length) return null
    const all = records.slice(stretchStart(stretch) - 1, stretchEnd(stretch))
    const bytes = encodeRecords(all)
    const rollup = encodeRollup(rollUp(all))
    const head = heads[stretchEnd(stretch)] as RecordHead
    return { stretch, bytes, name: sha256(bytes), rollup, head }
  }
  return {
    since: () => 0,
    head: () => heads.at(-1) ?? NO_RECORDS,
    hashAt: (sequence) => heads[sequence]?.hash ?? null,
    recordsAfter: (sequence, limit) => records.slice(sequence, sequence + limit),
    after(sequence, maximumBytes, form) {
      const stretch = stretchOf(sequence + 1)
      const isWhole = sequence + 1 === stretchStart(stretch)
      const sealed = isWhole && maximumBytes > 100_000 ? segment(stretch) : null
      if (sealed) {
        sent.add(stretch)
        return { to: sealed.head, batch: sealed.bytes }
      }
      const most = Math.max(1, Math.floor(maximumBytes / 1_024))
      const to = Math.min(sequence + most, stretchEnd(stretch), records.length)
      if (to <= sequence) return null
      const before = form === 'continued' && !isWhole ? records[sequence - 1] : null
      const batch = encodeRecords(records.slice(sequence, to), before ?? null)
      return { to: heads[to] as RecordHead, batch }
    },
    segment,
    wasSentWhole: (stretch) => sent.has(stretch),
    onAdded: () => () => undefined,
    close: () => undefined,
  }
}
