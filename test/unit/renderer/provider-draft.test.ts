import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { providerDraftSchema } from '#shared/host/calls.ts'
import {
  draftOf,
  formOf,
  formProblems,
  listModels,
  NEW_PROVIDER,
  PRESETS,
  type ProviderForm,
  withStudio,
} from '../../../src-renderer/features/settings/provider-draft.ts'

const form: ProviderForm = { ...NEW_PROVIDER, name: 'Mine', baseUrl: 'http://127.0.0.1:1/v1' }

function operation(id: string, kind: OperationRate['kind']): OperationRate {
  return {
    id,
    name: id,
    kind,
    components: [{ unit: 'requests', price: millicredits(1_000), per: 1 }],
    surcharges: [],
    minimum: millicredits(0),
    increment: millicredits(1_000),
  }
}

describe('the provider form', () => {
  it('has presets that the host accepts as they are', () => {
    for (const { name, baseUrl } of PRESETS) {
      const filled = { ...NEW_PROVIDER, name, baseUrl }
      expect(formProblems(filled)).toEqual({})
      expect(providerDraftSchema.safeParse(draftOf(filled)).success).toBe(true)
    }
  })

  it('keeps the stored key unless another is typed or it is to be forgotten', () => {
    expect(draftOf({ ...form, hasKey: true })).not.toHaveProperty('key')
    expect(draftOf({ ...form, key: ' sk-1 ' }).key).toBe('sk-1')
    expect(draftOf({ ...form, hasKey: true, dropKey: true }).key).toBe('')
    expect(draftOf({ ...form, dropKey: true, key: 'sk-2' }).key).toBe('sk-2')
  })

  it('says what is wrong with the name and the address', () => {
    expect(formProblems(NEW_PROVIDER)).toHaveProperty('name')
    expect(formProblems(NEW_PROVIDER)).toHaveProperty('baseUrl')
    expect(formProblems({ ...form, baseUrl: 'localhost:11434' })).toHaveProperty('baseUrl')
    expect(formProblems({ ...form, baseUrl: 'file:///etc/passwd' })).toHaveProperty('baseUrl')
    expect(formProblems({ ...form, baseUrl: 'https://user:key@example.org' })).toHaveProperty(
      'baseUrl',
    )
    expect(formProblems(form)).toEqual({})
  })

  it('opens a saved provider without its key, models by the names the provider knows', () => {
    const opened = formOf({
      id: 'p1',
      kind: 'openai-compatible',
      name: 'Mine',
      baseUrl: 'http://127.0.0.1:1/v1',
      hasKey: true,
      local: true,
      models: [
        {
          id: 'p1/org/llama',
          name: 'llama',
          providerId: 'p1',
          providerName: 'Mine',
          studio: 'chat',
          operation: 'chat.fast',
          practice: false,
          local: true,
          webSearch: false,
          voices: [],
        },
      ],
    })
    expect(opened).toMatchObject({ id: 'p1', key: '', hasKey: true })
    expect(opened.models[0]?.name).toBe('org/llama')
  })
})

describe('the models of a provider', () => {
  const used = [{ name: 'b', studio: 'chat', operation: 'x', webSearch: true }] as const

  it('keep what is in use as it is, and list the rest by studio', () => {
    const listed = listModels(used, [
      { name: 'pic', studio: 'image', operation: 'i' },
      { name: 'b', studio: 'image', operation: 'i' },
      { name: 'a', studio: 'chat', operation: 'x' },
    ])
    expect(listed.map(({ mapping, used: isUsed }) => [mapping.name, isUsed])).toEqual([
      ['b', true],
      ['a', false],
      ['pic', false],
    ])
    expect(listed[0]?.mapping).toEqual(used[0])
  })

  it('stay when a later test does not list them', () => {
    expect(listModels(used, [])).toHaveLength(1)
  })

  it('get a rate that fits when they move to another studio', () => {
    const operations = [operation('text', 'text'), operation('pic', 'image')]
    const moved = withStudio(used[0], 'image', operations)
    expect(moved).toEqual({ name: 'b', studio: 'image', operation: 'pic', webSearch: false })
  })
})
