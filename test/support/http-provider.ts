/** An OpenAI-compatible provider and the server it talks to, over real HTTP. */

import { expect } from 'vitest'
import { success } from '#shared/result.ts'
import { systemClock, systemTimers } from '../../src-main/ports/time.ts'
import type { ProviderTimeouts } from '../../src-main/providers/openai-compatible/connection.ts'
import { createOpenAiCompatibleProvider } from '../../src-main/providers/openai-compatible/openai-compatible-provider.ts'
import type { ChatCall, ChatPart, Provider } from '../../src-main/providers/provider.ts'
import { startRawServer, type RawHandler, type RawServer } from './raw-server.ts'

/** Neither may turn up in what a person or a log is told. */
export const KEY = 'sk-canary-3b9e'
export const PROMPT = 'canary prompt 77c1'
const never = new AbortController().signal
const servers: RawServer[] = []

/** After each test. */
export async function closeServers(): Promise<void> {
  for (const server of servers.splice(0)) await server.close()
}

/** A server of its own for a test, closed after it. */
export async function serveRaw(handler: RawHandler): Promise<RawServer> {
  const server = await startRawServer(handler)
  servers.push(server)
  return server
}

export function connect(baseUrl: string, timeouts: Partial<ProviderTimeouts> = {}): Provider {
  return createOpenAiCompatibleProvider({
    baseUrl,
    readKey: () => success(KEY),
    fetch: globalThis.fetch,
    timers: systemTimers,
    clock: systemClock,
    timeouts,
  })
}

/** A provider whose server answers as `handler` says. */
export async function serve(handler: RawHandler, timeouts?: Partial<ProviderTimeouts>) {
  const server = await serveRaw(handler)
  return { server, provider: connect(`${server.url}/v1`, timeouts) }
}

export const chatCall = (changes: Partial<ChatCall> = {}): ChatCall => ({
  model: 'some-model',
  messages: [{ role: 'user', content: PROMPT }],
  maximumOutputTokens: 100,
  webSearch: false,
  signal: never,
  ...changes,
})

/** One chat reply, whole; fails the test where the key or the prompt is repeated. */
export async function ask(provider: Provider, changes: Partial<ChatCall> = {}) {
  const parts: ChatPart[] = []
  for await (const part of provider.chat(chatCall(changes))) parts.push(part)
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const last = parts.at(-1)
  const said = JSON.stringify(parts.filter(({ type }) => type === 'failed'))
  expect(said).not.toContain(KEY)
  expect(said).not.toContain(PROMPT)
  expect(parts.filter(({ type }) => type !== 'text')).toHaveLength(1)
  return { text, last, failure: last?.type === 'failed' ? last.failure : null }
}

export const draw = (provider: Provider) =>
  provider.image({
    model: 'dall-e-3',
    prompt: PROMPT,
    width: 64,
    height: 64,
    index: 0,
    signal: never,
  })
export const say = (provider: Provider, voice = 'nova') =>
  provider.speech({ model: 'tts-1', text: PROMPT, voice, speed: 150, signal: never })

/** A body that repeats everything it should not, as real error messages do. */
export const leaky = (extra: object = {}) => ({
  error: { message: `Incorrect API key ${KEY} for "${PROMPT}"`, ...extra },
})
