import { describe, expect, it } from 'vitest'
import { calls, MAX_CALL_BYTES } from '#shared/host/calls.ts'
import type { CallName } from '#shared/host/calls.ts'
import { failure, success } from '#shared/result.ts'
import { createRouter } from '../../../src-main/host/router.ts'
import type { Handlers } from '../../../src-main/host/router.ts'

function setUp(some: Partial<Handlers> = {}) {
  const handled: { name: string; input: unknown }[] = []
  const logged: { message: string; fields: Readonly<Record<string, unknown>> | undefined }[] = []
  const all = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      (input: unknown) => {
        handled.push({ name, input })
        return success(null)
      },
    ]),
  )
  const router = createRouter(
    { ...(all as unknown as Handlers), ...some },
    {
      log: {
        info: () => {},
        warn: () => {},
        error: (message, fields) => logged.push({ message, fields }),
      },
      newReference: () => 'ref1',
    },
  )
  return { router, handled, logged }
}

const THREAD = '7b0e4a9c-3f5d-4c2b-9a51-2f6f8f1f3f10'

describe('the router', () => {
  it.each(Object.keys(calls) as CallName[])('checks the input of %s', async (name) => {
    const { router, handled } = setUp()
    const answer = await router.dispatch(name, { surprise: true })
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    expect(handled).toEqual([])
  })

  it('gives the handler the parsed input and answers with its result', async () => {
    const { router } = setUp({
      'threads.rename': (input) =>
        input.title === 'Trees' ? failure('no_such_thread', 'It is gone.') : success(null as never),
    })
    expect(
      await router.dispatch('threads.rename', { threadId: THREAD, title: '  Trees ' }),
    ).toEqual({ ok: false, error: { code: 'no_such_thread', message: 'It is gone.' } })
  })

  it.each([
    'no.such.call',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    7,
    null,
    undefined,
    ['balance.read'],
    { toString: () => 'balance.read' },
  ])('knows no call %j', async (name) => {
    const { router, handled } = setUp()
    expect(await router.dispatch(name, {})).toMatchObject({
      ok: false,
      error: { code: 'unknown_call' },
    })
    expect(handled).toEqual([])
  })

  it('says where the input is wrong, without repeating what was sent', async () => {
    const { router } = setUp()
    const answer = await router.dispatch('providers.save', {
      id: null,
      name: 'Mine',
      baseUrl: 'ftp://example.org',
      key: 7,
      models: [{ name: 'm', studio: 'chat', operation: 'secret value!', webSearch: false }],
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    if (answer.ok) return
    const problems = answer.error.details!['problems'] as { path: string }[]
    expect(problems.map(({ path }) => path)).toEqual(['baseUrl', 'key', 'models.0.operation'])
    expect(JSON.stringify(answer)).not.toContain('secret value')
  })

  it.each([null, undefined, 'text', 7, [], Number.NaN])('refuses the input %j', async (input) => {
    const { router } = setUp()
    expect(await router.dispatch('balance.read', input)).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    })
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5'])(
    'takes no %s for a number of credits',
    async (acceptedMaximum) => {
      const { router, handled } = setUp()
      const request = {
        studio: 'voice',
        text: 'Hello',
        modelId: 'practice/voice',
        voice: 'a',
        speed: 100,
        subject: '',
      }
      const input = { operationId: THREAD, request }
      expect(await router.dispatch('run.start', { ...input, acceptedMaximum })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: { problems: [{ path: 'acceptedMaximum' }] } },
      })
      expect(handled).toEqual([])
      expect(await router.dispatch('run.start', { ...input, acceptedMaximum: 5 })).toMatchObject({
        ok: true,
      })
    },
  )

  it.each([
    ['one long text', { search: 'x'.repeat(MAX_CALL_BYTES + 1) }],
    ['text of many bytes', { search: 'ü'.repeat(MAX_CALL_BYTES / 2 + 1) }],
    ['many small values', { list: Array.from({ length: MAX_CALL_BYTES / 4 }, () => 0) }],
  ])('refuses %s as too large', async (_what, input) => {
    const { router } = setUp()
    expect(await router.dispatch('library.page', input)).toMatchObject({
      ok: false,
      error: { code: 'too_large', details: { maximumBytes: MAX_CALL_BYTES } },
    })
  })

  it('refuses what is no plain data, even when it has no end', async () => {
    const { router, handled } = setUp()
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const inputs = [cyclic, new Map(), new Date(0), new Uint8Array(5), { at: 5n }, { at: () => 5 }]
    for (const input of inputs) {
      expect(await router.dispatch('balance.read', input)).toMatchObject({
        ok: false,
        error: { code: 'invalid_input' },
      })
    }
    expect(handled).toEqual([])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('SELECT failed at /home/someone')
      },
    ],
    ['rejects', () => Promise.reject(new Error('SELECT failed at /home/someone'))],
  ])('answers internal_error when a handler %s, and logs what happened', async (_how, handler) => {
    const { router, logged } = setUp({ 'balance.read': handler })
    const answer = await router.dispatch('balance.read', {})
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'internal_error', details: { reference: 'ref1' } },
    })
    expect(JSON.stringify(answer)).not.toContain('SELECT')
    expect(logged).toHaveLength(1)
    expect(logged[0]!.fields).toMatchObject({ call: 'balance.read', reference: 'ref1' })
    expect((logged[0]!.fields!['error'] as Error).stack).toContain('SELECT failed')
  })
})
