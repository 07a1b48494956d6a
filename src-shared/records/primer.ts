/**
 * Typical records, which every model has seen before the first real one. Part of the format: a
 * change here is another format.
 */

import type { Json } from './json-tokens.ts'

const DEVICE = '00000000-0000-4000-8000-000000000000'

const run = (
  studio: string,
  operation: string,
  name: string,
  units: Json,
  lines: Json,
  more: Readonly<Record<string, Json>> = {},
): Json => ({
  at: 1_767_225_660_000,
  body: {
    type: 'usage',
    startedAt: 1_767_225_650_000,
    operation: {
      operationId: DEVICE,
      studio,
      providerId: 'openai',
      providerName: 'OpenAI',
      modelId: 'openai/gpt',
      modelName: 'GPT',
      subject: '',
      deviceId: DEVICE,
      memberId: DEVICE,
      quote: {
        operation,
        operationName: name,
        catalogVersion: 'default-1',
        expected: 1_000,
        maximum: 2_000,
        expectedUnits: units,
        maximumUnits: units,
      },
      ...more,
    },
    ending: {
      kind: 'settle',
      operationId: DEVICE,
      outcome: 'completed',
      units,
      usageSource: 'provider',
      charge: { amount: 1_000, lines, decidedBy: 'lines' },
    },
    draws: [{ grantId: 'plan:1', amount: 1_000 }],
    expired: [],
  },
})

const line = (unit: string, units: number): Json => ({
  unit,
  units,
  price: 1_000,
  per: 1_000,
  surcharge: false,
})

const tokens = { requests: 1, inputTokens: 800, outputTokens: 300 }
const cached = { requests: 1, inputTokens: 800, cachedInputTokens: 100, outputTokens: 300 }

const chat = run('chat', 'chat.fast', 'Chat, fast', tokens, [
  line('inputTokens', 800),
  line('outputTokens', 300),
])

const voided = (outcome: string, reason: string | null): Json => {
  const { at, body } = chat as { at: Json; body: Record<string, Json> }
  const ending = { kind: 'void', operationId: DEVICE, outcome, reason }
  return { at, body: { ...body, ending, draws: [] } }
}

export const PRIMER: readonly Json[] = [
  { at: 1_767_225_600_000, body: { type: 'return', draws: [{ grantId: 'plan:1', amount: 500 }] } },
  { at: 1_767_225_600_000, body: { type: 'expire', draws: [{ grantId: 'plan:1', amount: 500 }] } },
  {
    at: 1_767_225_600_000,
    body: {
      type: 'label',
      labels: [
        { operationId: DEVICE, field: 'subject', value: 'Work', editedAt: 1_767_225_600_000 },
      ],
    },
  },
  {
    at: 1_767_225_600_000,
    body: {
      type: 'label',
      labels: [{ operationId: DEVICE, field: 'note', value: '', editedAt: 1_767_225_600_000 }],
    },
  },
  run('image', 'image.standard', 'Image', { images: 1 }, [line('images', 1)]),
  run('voice', 'speech.standard', 'Speech', { characters: 100 }, [line('characters', 100)]),
  run('chat', 'chat.expert', 'Chat, expert', cached, [
    line('inputTokens', 800),
    line('cachedInputTokens', 100),
    line('outputTokens', 300),
  ]),
  voided('failed', null),
  voided('stopped', 'provider_unreachable'),
  voided('timed-out', 'timed_out'),
  chat,
  chat,
]
