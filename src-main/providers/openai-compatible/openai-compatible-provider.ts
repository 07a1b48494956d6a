/** Any server that speaks OpenAI's API: OpenAI, Ollama, LM Studio, vLLM and others (decision 0004). */

import type { Provider } from '../provider.ts'
import { createConnection, type OpenAiCompatibleOptions } from './connection.ts'

// The SDK would print its advice to the console, where the host's log is.
globalThis.AI_SDK_LOG_WARNINGS = false

export function createOpenAiCompatibleProvider(options: OpenAiCompatibleOptions): Provider {
  const connection = createConnection(options)
  // The SDK takes longer to load than the rest of the host: not before the first run needs it.
  return {
    async *chat(call) {
      const { streamChat } = await import('./chat.ts')
      yield* streamChat(connection, call)
    },
    image: async (call) => (await import('./image.ts')).makeImage(connection, call),
    speech: async (call) => (await import('./speech.ts')).makeSpeech(connection, call),
  }
}
